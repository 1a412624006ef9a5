/**
 * kill -9 at random moments of a stage; whoever is killed is started again at once. The seed says whom, and when. The next
 * kill waits until the log is folded as far as it was after the one before, or else nobody would ever get anywhere.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { SplitMix64 } from '../bench/split-mix-64.ts';
import type { LogProgress } from '../chaos/log-progress.ts';
import type { Supervisor } from '../chaos/supervisor.ts';

export interface Kill {
  readonly stage: string;
  readonly victim: string;
}

/** Of each stage at the most; then it comes to its end. */
const killsMax = 6;
const firstMsMax = 600;
const gapMsMin = 300;
const gapMsMax = 3_000;

export class Kills {
  readonly done: Kill[] = [];
  readonly #conductors: readonly Supervisor[];
  readonly #workers: readonly Supervisor[];
  readonly #progress: LogProgress;
  readonly #random: SplitMix64;

  constructor(
    conductors: readonly Supervisor[],
    workers: readonly Supervisor[],
    progress: LogProgress,
    random: SplitMix64,
  ) {
    this.#conductors = conductors;
    this.#workers = workers;
    this.#progress = progress;
    this.#random = random;
  }

  /** One of either kind in turn, and of each at least one, however short the stage is. */
  async during(stage: string, isOver: () => boolean): Promise<void> {
    let pauseMs = this.#random.below(firstMsMax);
    const first = this.#random.below(2);
    for (let kill = 0; kill < 2 || (kill < killsMax && !isOver()); kill++) {
      await delay(pauseMs);
      if (kill >= 2 && isOver()) return;
      const group = (first + kill) % 2 === 0 ? this.#conductors : this.#workers;
      const victim = group[this.#random.below(group.length)]!;
      victim.signal('SIGKILL');
      this.done.push({ stage, victim: victim.name });
      await this.#progress.catchesUp();
      pauseMs = gapMsMin + this.#random.below(gapMsMax - gapMsMin);
    }
  }
}
