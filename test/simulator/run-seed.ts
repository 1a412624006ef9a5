/** One simulated run: everything in it follows from the seed. */
import { SplitMix64 } from '../bench/split-mix-64.ts';
import type { Step } from '../oracle/random-log.ts';
import { endure } from './disaster.ts';
import { type Disaster, type Fault, inflict, planDisaster, planFaults, thaw } from './faults.ts';
import { referenceOf } from './reference.ts';
import { planSteps, recordsOfSteps } from './sim-log.ts';
import { World } from './world.ts';

/** After the last fault everything is done within so many steps, or it never is. */
const restStepsMax = 6000;

export interface Plan {
  readonly seed: number;
  readonly steps: readonly Step[];
  readonly faults: readonly Fault[];
  readonly disaster: Disaster | null;
}

export interface Outcome {
  /** null: every invariant held. */
  readonly violation: string | null;
  readonly steps: number;
  readonly changes: number;
  readonly coverage: ReadonlyMap<string, number>;
  readonly trace: readonly string[];
}

export function planOf(seed: number): Plan {
  const random = new SplitMix64(seed);
  return { seed, steps: planSteps(random), faults: planFaults(random), disaster: planDisaster(random) };
}

export async function runPlan(plan: Plan, isTraced = false): Promise<Outcome> {
  const records = recordsOfSteps(plan.steps);
  const reference = await referenceOf(records);
  const world = new World(plan.seed, records, reference, isTraced);
  const { scheduler, audit, network, coverage } = world;
  for (const meeting of reference.met) coverage.count(`folded: ${meeting}`);
  const violation = (await live(world, plan)) ?? audit.violation;
  for (const process of world.processes) scheduler.bury(process);
  network.calm();
  return {
    violation,
    steps: scheduler.now,
    changes: reference.changes.length,
    coverage: coverage.counts,
    trace: scheduler.trace ?? [],
  };
}

async function live(world: World, { faults, disaster }: Plan): Promise<string | null> {
  const { scheduler, audit, network } = world;
  const isBroken = () => audit.violation !== null;
  const pass = async (steps: number) => {
    for (let n = 0; n < steps && !isBroken(); n++) await scheduler.step();
  };
  const disasterAt = disaster === null ? -1 : disaster.gapSteps;
  let hasStruck = disaster === null;
  for (const fault of faults) {
    await pass(fault.gapSteps);
    if (isBroken()) return null;
    if (!hasStruck && scheduler.now >= disasterAt) {
      hasStruck = true;
      const wrong = await endure(world, disaster!.reason, isBroken);
      if (wrong !== null || isBroken()) return wrong;
    }
    inflict(world, fault);
    await scheduler.settle();
  }
  // Calm: whoever was frozen thaws, whoever has died is replaced, and all must come to rest.
  network.calm();
  thaw(world);
  if (world.processes.length === 0) world.launch();
  for (let n = 0; n < restStepsMax && !audit.isAtRest && !isBroken(); n++) await scheduler.step();
  if (isBroken()) return null;
  if (!audit.isAtRest) return `not at rest ${restStepsMax} steps after the last fault`;
  audit.checkEnd();
  return null;
}
