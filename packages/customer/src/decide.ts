/**
 * decide(customer, policy): which standing the numbers, the guards and the overrides give in each program, and what is
 * to be told of it.
 */
import type { Cause, TierRecord, Trigger } from './changes.ts';
import type { Customer } from './customer.ts';
import type { EpochDay } from './events.ts';
import { move } from './move.ts';
import type { Policy } from './policy.ts';
import { rebuildTotals } from './rolling.ts';
import { programEnded, standingRenewed, tierChanged, warningRecords } from './standing-records.ts';
import { warn } from './warnings.ts';

/** What is being evaluated, and why: goes into the records. */
export interface Occasion {
  readonly cause: Cause;
  readonly recordedAt: number;
  readonly correction: boolean;
  readonly trigger: Trigger | null;
  readonly policyHash: string;
  /** The last day behind the horizon. */
  readonly horizonDay: EpochDay;
  /** The program whose override was just set or ended; undefined: none. */
  readonly decidedProgram?: string | undefined;
}

/**
 * Decides every program as of `evaluatedDay` and tells of each standing that is another one than before, is valid anew,
 * or needs a warning. Evaluating twice is evaluating once.
 */
export function evaluate(
  customer: Customer,
  policy: Policy,
  occasion: Occasion,
  emit: (record: TierRecord) => void,
): void {
  if (customer.policy !== policy) rebuildTotals(customer, policy);
  if (customer.policyVersion !== policy.version) alignStandings(customer, policy, occasion, emit);
  const { cause, horizonDay, decidedProgram } = occasion;
  const moves = move(customer, policy, { isRefund: cause === 'refund', horizonDay, decidedProgram });
  if (!policy.warns) {
    customer.warnDay = Number.POSITIVE_INFINITY;
    for (const moved of moves) {
      if (moved.hasChanged) emit(tierChanged(customer, policy, moved, null, occasion));
      if (moved.isRenewed) emit(standingRenewed(customer, policy, moved.program, occasion));
    }
    return;
  }
  const { warnings, losses } = warn(customer, policy, p => moves.some(each => each.hasChanged && each.program === p));
  for (let p = 0; p < policy.programs.length; p++) {
    const moved = moves.find(({ program }) => program === p);
    if (moved?.hasChanged) emit(tierChanged(customer, policy, moved, losses[p]!, occasion));
    if (moved?.isRenewed) emit(standingRenewed(customer, policy, p, occasion));
    const warning = warnings.find(({ program }) => program === p);
    if (warning !== undefined) for (const record of warningRecords(customer, policy, warning, occasion)) emit(record);
  }
}

/** Puts the standings into the policy's order; a program that the policy no longer has is left. */
function alignStandings(
  customer: Customer,
  policy: Policy,
  occasion: Occasion,
  emit: (record: TierRecord) => void,
): void {
  const former = customer.standings;
  customer.standings = policy.programs.map(
    program =>
      former.find(standing => standing.program === program.name) ?? {
        program: program.name,
        tier: null,
        sinceDay: customer.evaluatedDay,
        held: null,
        warned: null,
      },
  );
  customer.policyVersion = policy.version;
  // What was told under a policy that warns says nothing once another one did not.
  for (let p = 0; p < policy.programs.length; p++) {
    if (policy.programs[p]!.warnings === null) customer.standings[p]!.warned = null;
  }
  for (const standing of former) {
    const { program, tier, sinceDay } = standing;
    if (tier === null || customer.standings.includes(standing)) continue;
    emit(programEnded(customer, policy, { program, tier, sinceDay }, occasion));
  }
}
