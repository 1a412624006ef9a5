/** Which faults come in which order, by the seed alone. */
import { SplitMix64 } from '../bench/split-mix-64.ts';

/** How often each comes in a run. A kill at a failpoint is two: of the process before it, and of the armed one. */
const counts = {
  kill: 8,
  killBeforePublish: 5,
  killAfterPublish: 3,
  freeze: 2,
  flushRedis: 1,
  restoreRedis: 1,
  killRedis: 1,
  killBroker: 1,
  cutRedis: 2,
  loseReply: 3,
} as const;

export type FaultKind = keyof typeof counts;

export interface Fault {
  readonly kind: FaultKind | 'backUpRedis';
  /** Which process, where it is one's. */
  readonly victim: number;
  /** How many transactions a failpoint lets pass. */
  readonly passes: number;
  /** Whether every partition has moved since the fault before; else one that moved is enough. */
  readonly settled: boolean;
}

const passesMax = 4;
/** The backup that is restored is older than this many faults. */
const backupAgeFaults = 4;

export function planFaults(seed: number, processes: number): Fault[] {
  const random = new SplitMix64(seed);
  const kinds: Fault['kind'][] = Object.entries(counts).flatMap(([kind, count]) => Array(count).fill(kind));
  for (let i = kinds.length - 1; i > 0; i--) {
    const other = random.below(i + 1);
    [kinds[i], kinds[other]] = [kinds[other]!, kinds[i]!];
  }
  const restore = Math.max(kinds.indexOf('restoreRedis'), backupAgeFaults);
  kinds.splice(kinds.indexOf('restoreRedis'), 1);
  kinds.splice(restore, 0, 'restoreRedis');
  kinds.splice(restore - backupAgeFaults + 1, 0, 'backUpRedis');
  return kinds.map(kind => ({
    kind,
    victim: random.below(processes),
    passes: random.below(passesMax + 1),
    settled: random.below(3) > 0,
  }));
}
