/** Every kind of fault, and in which order a run has them: by the seed alone. */
import { SplitMix64 } from '../bench/split-mix-64.ts';

/** The scenario of each kind, and how many of it are in a full deck of the mixed run. */
export const faultKinds = {
  killWorker: { scenario: 'S1', share: 3 },
  killBeforePublish: { scenario: 'S1', share: 2 },
  killAfterPublish: { scenario: 'S1', share: 2 },
  killIntake: { scenario: 'S1', share: 2 },
  killConductor: { scenario: 'S1', share: 2 },
  freezeWorker: { scenario: 'S2', share: 2 },
  drainWorkers: { scenario: 'S3', share: 1 },
  flushRedis: { scenario: 'S4', share: 1 },
  restoreRedis: { scenario: 'S5', share: 1 },
  killRedis: { scenario: 'S6', share: 1 },
  failOverRedis: { scenario: 'S7', share: 2 },
  killBroker: { scenario: 'S8', share: 1 },
  freezeBroker: { scenario: 'S8', share: 1 },
  resetConnections: { scenario: 'S9', share: 2 },
  loseAnswers: { scenario: 'S9', share: 2 },
  loseRequests: { scenario: 'S9', share: 2 },
  slowNetwork: { scenario: 'S9', share: 2 },
  cutMidFrame: { scenario: 'S9', share: 2 },
  closeWay: { scenario: 'S9', share: 2 },
  repeatEndTxn: { scenario: 'S10', share: 2 },
  hostileInput: { scenario: 'S13', share: 2 },
} as const;

export type FaultKind = keyof typeof faultKinds;
export type Scenario = (typeof faultKinds)[FaultKind]['scenario'];

const allKinds = Object.keys(faultKinds) as FaultKind[];
export const scenarios: readonly Scenario[] = [...new Set(allKinds.map(kind => faultKinds[kind].scenario))];

export function kindsOf(wanted: readonly Scenario[]): FaultKind[] {
  return allKinds.filter(kind => wanted.includes(faultKinds[kind].scenario));
}

/** Draws faults without an end: first one of each kind, then deck after deck by their shares, each shuffled. */
export class FaultDeck {
  readonly kinds: readonly FaultKind[];
  readonly random: SplitMix64;
  #deck: FaultKind[];

  constructor(kinds: readonly FaultKind[], seed: number) {
    this.kinds = kinds;
    this.random = new SplitMix64(seed);
    this.#deck = this.#shuffled(kinds);
  }

  draw(): FaultKind {
    const kind = this.#deck.pop();
    if (kind !== undefined) return kind;
    this.#deck = this.#shuffled(this.kinds.flatMap(each => Array<FaultKind>(faultKinds[each].share).fill(each)));
    return this.draw();
  }

  #shuffled(kinds: readonly FaultKind[]): FaultKind[] {
    const shuffled = [...kinds];
    for (let i = shuffled.length - 1; i > 0; i--) {
      const other = this.random.below(i + 1);
      [shuffled[i], shuffled[other]] = [shuffled[other]!, shuffled[i]!];
    }
    return shuffled;
  }
}
