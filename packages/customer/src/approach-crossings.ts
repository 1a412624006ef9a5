/**
 * A tier that asks for days since something comes nearer by time alone. So the day on which little is missing for it is
 * a deadline, as the day is on which nothing is.
 */
import { comparisonsOf } from './compile-conditions.ts';
import type { ConditionScope } from './condition-scope.ts';
import type { Tier, Warnings } from './policy.ts';
import { addCrossings } from './since-crossings.ts';
import { spanTo } from './warnings.ts';

export function addApproachCrossings(tiers: readonly Tier[], warnings: Warnings | null, scope: ConditionScope): void {
  if (warnings?.approaching == null) return;
  const { withinPercent } = warnings.approaching;
  tiers.forEach((present, position) => {
    const above = tiers[position - 1]?.when ?? null;
    if (above === null) return;
    for (const comparison of comparisonsOf(above)) {
      const span = spanTo(comparison, present);
      if (span === null || span <= 0) continue;
      const reached = (comparison.threshold as number) + (comparison.operator === '>' ? 1 : 0);
      const near = reached - Math.floor((span * withinPercent) / 100);
      if (near > 0) addCrossings(scope.crossings, scope.measures[comparison.measure]!, '>=', near);
    }
  });
}
