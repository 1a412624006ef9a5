/** What goes wrong in a run, by the seed alone: a list, so that a failing run can be shrunk by leaving faults out. */
import type { HaltReason } from '@tierflow/processor/errors';
import type { SplitMix64 } from '../bench/split-mix-64.ts';
import type { Fate, Target } from './network.ts';
import type { World } from './world.ts';

interface Weighted {
  readonly weight: number;
  inflict(world: World, number: number): void;
}

const fates: readonly Fate[] = ['requestLost', 'replyLost', 'late', 'twice'];
const targets: readonly Target[] = [
  'redis',
  'commit',
  'commit',
  'kafka',
  'EndTxn',
  'EndTxn',
  'Produce',
  'Produce',
  'AddPartitions',
  'InitProducerId',
];
const sleepStepsMax = 150;
const restartStepsMax = 40;

const anyProcess = (world: World, number: number) => world.processes[number % world.processes.length];

const kinds = {
  network: {
    weight: 30,
    inflict: (world, number) => {
      const target = targets[number % targets.length]!;
      const fate = fates[Math.floor(number / 16) % fates.length]!;
      // A connection to Redis repeats nothing; that a commit may come twice all the same is a promise of its own.
      world.network.plan(target === 'redis' && fate === 'twice' ? 'commit' : target, fate);
    },
  },
  crash: {
    weight: 14,
    inflict: (world, number) => {
      const victim = anyProcess(world, number);
      if (victim === undefined) return;
      world.crash(victim);
      world.scheduler.add('a process starts', () => world.launch(), { delaySteps: number % restartStepsMax });
    },
  },
  stop: {
    weight: 3,
    inflict: (world, number) => {
      const victim = anyProcess(world, number);
      if (victim === undefined) return;
      world.stop(victim);
      world.scheduler.add('a process starts', () => world.launch(), { delaySteps: number % restartStepsMax });
    },
  },
  freeze: {
    weight: 10,
    inflict: (world, number) => {
      const victim = anyProcess(world, number);
      if (victim === undefined) return;
      world.coverage.count('frozen owner');
      victim.isFrozen = true;
      const delaySteps = number % sleepStepsMax;
      world.scheduler.add(`${victim.name} thaws`, () => thaw(world), { delaySteps });
      // Half of them sleep longer than their session lasts.
      if (number % 2 === 0) world.scheduler.add('a session runs out', () => world.group.putOut(victim));
    },
  },
  rebalance: { weight: 10, inflict: world => world.group.rebalance() },
  breakRedis: { weight: 5, inflict: (world, number) => anyProcess(world, number)?.store.link.break() },
  failOver: { weight: 7, inflict: world => world.redis.failOver() },
  flap: { weight: 5, inflict: world => world.redis.flap() },
  flush: { weight: 4, inflict: world => world.redis.flush() },
  restore: { weight: 6, inflict: world => world.redis.restoreBackup() },
  delayMarkers: { weight: 7, inflict: world => world.broker.delayMarkers() },
  timeOut: { weight: 4, inflict: world => world.broker.timeOut() },
} satisfies Record<string, Weighted>;

export type FaultKind = keyof typeof kinds;

export interface Fault {
  readonly kind: FaultKind;
  /** Steps since the fault before. */
  readonly gapSteps: number;
  readonly number: number;
}

export interface Disaster {
  readonly reason: HaltReason;
  readonly gapSteps: number;
}

const names = Object.keys(kinds) as FaultKind[];
const totalWeight = names.reduce((sum, name) => sum + kinds[name].weight, 0);
const disasterOnceIn = 12;

export function planFaults(random: SplitMix64): Fault[] {
  return Array.from({ length: 4 + random.below(12) }, () => {
    let at = random.below(totalWeight);
    const kind = names.find(name => {
      at -= kinds[name].weight;
      return at < 0;
    })!;
    return { kind, gapSteps: 1 + random.below(60), number: random.below(1 << 20) };
  });
}

const reasons: readonly HaltReason[] = [
  'genesisMissing',
  'genesisDiffers',
  'outputEmptied',
  'outputRegressed',
  'cursorBeyondLog',
  'logTruncated',
  'unknownStateFormat',
  'unknownFoldVersion',
];

export function planDisaster(random: SplitMix64): Disaster | null {
  const reason = reasons[random.below(reasons.length)]!;
  const gapSteps = 50 + random.below(300);
  return random.below(disasterOnceIn) === 0 ? { reason, gapSteps } : null;
}

export function inflict(world: World, { kind, number }: Fault): void {
  world.scheduler.note(`FAULT ${kind} ${number}`);
  kinds[kind].inflict(world, number);
}

export function thaw(world: World): void {
  for (const process of world.processes) process.isFrozen = false;
}
