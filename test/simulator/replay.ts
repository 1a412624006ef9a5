/** Runs one seed again, for a person to read: what was wrong, the smallest run that goes wrong, and how it went. */
import type { Plan } from './run-seed.ts';

const shownStepsMax = 150;

/** @returns whether every invariant held */
export async function replay(seed: number): Promise<boolean> {
  // Late, so that a weakness is in what is loaded.
  const { planOf, runPlan } = await import('./run-seed.ts');
  const { withoutClock } = await import('./run-seeds.ts');
  const { shrink } = await import('./shrink.ts');
  return withoutClock(async () => {
    const plan = planOf(seed);
    const outcome = await runPlan(plan);
    if (outcome.violation === null) {
      console.log(`Seed ${seed}: no violation; ${describe(plan)}, ${outcome.steps} steps, ${outcome.changes} changes.`);
      return true;
    }
    console.log(`Seed ${seed}: ${outcome.violation}\n${describe(plan)}. Shrinking …`);
    const smallest = await shrink(plan, outcome.violation);
    const { violation, trace } = await runPlan(smallest, true);
    console.log(`Shrunk to ${describe(smallest)}: ${violation}`);
    for (const { kind, gapSteps, number } of smallest.faults)
      console.log(`  after ${gapSteps} steps: ${kind} (${number})`);
    for (const step of smallest.steps) console.log(`  ${JSON.stringify(step)}`);
    console.log(`The last steps:\n${trace.slice(-shownStepsMax).join('\n')}`);
    return false;
  });
}

function describe({ faults, disaster, steps }: Plan): string {
  const also = disaster === null ? '' : ` and ${disaster.reason}`;
  return `${faults.length} faults${also}, a log of ${steps.length} steps`;
}
