/**
 * How a customer goes through the stages of an exit. One move per evaluation: a stage lasts a day at least, and who
 * comes back does not begin again on the same day, so evaluating twice is evaluating once.
 */

import type { Customer, Held } from './customer.ts';
import { positionOf } from './fit.ts';
import type { MoveReason, Step } from './ladder.ts';
import { conditionHolds } from './measure.ts';
import type { Exit, Policy, Program } from './policy.ts';

export function moveThroughExit(
  customer: Customer,
  policy: Policy,
  program: Program,
  exit: Exit,
  former: Held | null,
): Step {
  const day = customer.evaluatedDay;
  const holds = (condition: Exit['when']): boolean => conditionHolds(customer, policy, condition);
  const isToGo = holds(exit.when);
  const comesBack = exit.reentry === null ? !isToGo : holds(exit.reentry);
  const goesOn = isToGo && !comesBack && !exit.vetoes.some(holds);
  const comeTo = (position: number, reason: MoveReason): Step => ({
    held: {
      tier: program.tiers[position]!.name,
      sinceDay: day,
      qualifiedDay: day,
      validUntilDay: null,
      belowSinceDay: null,
      graceUntilDay: null,
    },
    reason,
    isRenewed: false,
  });
  const at = former === null ? -1 : positionOf(program, former.tier);
  if (former === null || at < 0) return goesOn ? comeTo(1, 'stageEntered') : comeTo(0, 'reached');
  if (at === 0) {
    if (goesOn) return comeTo(1, 'stageEntered');
  } else if (comesBack) {
    return comeTo(0, 'stageLeft');
  } else if (goesOn && at < program.tiers.length - 1) {
    const { dwellDays } = program.tiers[at]!;
    if (dwellDays !== null && day >= former.sinceDay + dwellDays) return comeTo(at + 1, 'stageEntered');
  }
  return { held: former, reason: null, isRenewed: false };
}
