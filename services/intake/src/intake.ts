/** One intake process: all source topics side by side. */
import type { Readiness } from '@tierflow/telemetry/telemetry-server';
import type { TopicIntake } from './topic-intake.ts';

export class Intake {
  private readonly topics: readonly TopicIntake[];

  constructor(topics: readonly TopicIntake[]) {
    this.topics = topics;
  }

  start(): void {
    // A topic that is missing holds up no other.
    for (const topic of this.topics) void topic.start();
  }

  readiness(): Readiness {
    const all = this.topics.map(topic => topic.readiness());
    return { ready: all.every(({ ready }) => ready), detail: all.map(({ detail }) => detail).join('\n') };
  }

  async stop(): Promise<void> {
    await Promise.all(this.topics.map(topic => topic.stop()));
  }
}
