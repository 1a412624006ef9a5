/** Makes a failing run as small as it gets while it fails in the same way: faults are left out, then records of the log. */
import { type Plan, runPlan } from './run-seed.ts';

export async function shrink(plan: Plan, violation: string): Promise<Plan> {
  const fails = async (candidate: Plan) => wayOf((await runPlan(candidate)).violation) === wayOf(violation);
  let smallest = plan;
  if (smallest.disaster !== null && (await fails({ ...smallest, disaster: null }))) {
    smallest = { ...smallest, disaster: null };
  }
  for (let isSmaller = true; isSmaller; ) {
    const before = smallest.faults.length + smallest.steps.length;
    smallest = { ...smallest, faults: await without(smallest.faults, faults => fails({ ...smallest, faults })) };
    smallest = { ...smallest, steps: await without(smallest.steps, steps => fails({ ...smallest, steps })) };
    isSmaller = smallest.faults.length + smallest.steps.length < before;
  }
  return smallest;
}

/** Which offset or token it was does not matter. */
function wayOf(violation: string | null): string | null {
  return (
    violation
      ?.split('\n', 1)
      .join()
      .replaceAll(/p?\d[\d-]*/g, 'N') ?? null
  );
}

/** Halves first, then quarters, down to single elements. */
async function without<T>(
  list: readonly T[],
  stillFails: (rest: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let rest = list;
  for (let size = Math.ceil(rest.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < rest.length; ) {
      const candidate = [...rest.slice(0, at), ...rest.slice(at + size)];
      if (await stillFails(candidate)) rest = candidate;
      else at += size;
    }
  }
  return rest;
}
