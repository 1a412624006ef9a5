/** kill -9 at random moments of each stage; whoever is killed is started again at once. The seed says whom, and when. */
import { setTimeout as delay } from 'node:timers/promises';
import type { SplitMix64 } from '../bench/split-mix-64.ts';
import type { Supervisor } from '../chaos/supervisor.ts';

export interface Kill {
  readonly stage: string;
  readonly victim: string;
  /** The stage was not over yet. */
  readonly hitWork: boolean;
}

const gapMsMax = 1_000;

export class Kills {
  readonly done: Kill[] = [];
  readonly #victims: readonly Supervisor[];
  readonly #random: SplitMix64;

  constructor(victims: readonly Supervisor[], random: SplitMix64) {
    this.#victims = victims;
    this.#random = random;
  }

  /** Each once, in an order of their own. */
  async during(stage: string, isOver: () => boolean): Promise<void> {
    for (const victim of this.#shuffled()) {
      await delay(this.#random.below(gapMsMax));
      this.done.push({ stage, victim: victim.name, hitWork: !isOver() });
      victim.signal('SIGKILL');
    }
  }

  #shuffled(): Supervisor[] {
    const rest = [...this.#victims];
    return Array.from(this.#victims, () => rest.splice(this.#random.below(rest.length), 1)[0]!);
  }
}
