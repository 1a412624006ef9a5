/**
 * The step from numbers to standings: each program's classifier gives a fit, its guards hold or let go, overrides stand
 * above. Changes the standings and says what has changed; telling anybody is up to `evaluate`.
 */
import { type Customer, noReviews, type Standing } from './customer.ts';
import type { EpochDay } from './events.ts';
import { moveThroughExit } from './exit-stages.ts';
import { fitOf, positionOf } from './fit.ts';
import { type MoveReason, moveOnLadder, type Step } from './ladder.ts';
import { dropEnded, isPinned, overridden } from './override.ts';
import type { Policy, Program } from './policy.ts';

export interface MoveOccasion {
  readonly isRefund: boolean;
  readonly horizonDay: EpochDay;
  /** The program whose override was just set or ended; undefined: none. */
  readonly decidedProgram?: string | undefined;
}

/** What has become of one program's standing. */
export interface Moved {
  /** Position in the policy. */
  readonly program: number;
  readonly from: string | null;
  readonly fromSinceDay: EpochDay;
  readonly hasChanged: boolean;
  readonly reason: MoveReason;
  readonly isRenewed: boolean;
  /** By the end of an override. */
  readonly endsOverride: boolean;
}

const nothing: readonly Moved[] = [];

/** The standings are those of the policy's programs, in its order, as of `evaluatedDay`. */
export function move(customer: Customer, policy: Policy, occasion: MoveOccasion): readonly Moved[] {
  const day = customer.evaluatedDay;
  const ended = dropEnded(customer, day);
  let moved = nothing;
  for (let p = 0; p < policy.programs.length; p++) {
    const program = policy.programs[p]!;
    const standing = customer.standings[p]!;
    const step = guardedStep(customer, policy, program, standing, occasion);
    if (step !== null) standing.held = step.held;
    else if (standing.held !== null) standing.held = null;
    const decided = step === null ? fitOf(customer, policy, program) : positionOf(program, step.held.tier);
    const effective = overridden(customer, program, decided);
    const to = effective < 0 ? null : program.tiers[effective]!.name;
    const hasChanged = to !== standing.tier;
    const isRenewed = step?.isRenewed === true && effective === decided;
    if (!hasChanged && !isRenewed) continue;
    const endsOverride = ended.includes(program.name);
    const releases = endsOverride || occasion.decidedProgram === program.name;
    if (moved === nothing) moved = [];
    (moved as Moved[]).push({
      program: p,
      from: standing.tier,
      fromSinceDay: standing.sinceDay,
      hasChanged,
      reason: reasonOf(program, standing.tier, effective, decided, isPinned(customer, program), releases, step),
      isRenewed,
      endsOverride,
    });
    if (!hasChanged) continue;
    standing.tier = to;
    standing.sinceDay = day;
  }
  customer.reviews = noReviews;
  return moved;
}

/** null where the standing is what the numbers give. */
function guardedStep(
  customer: Customer,
  policy: Policy,
  program: Program,
  { held }: Standing,
  { isRefund, horizonDay }: MoveOccasion,
): Step | null {
  if (program.exit !== null) return moveThroughExit(customer, policy, program, program.exit, held);
  if (program.movement === null) return null;
  const review = customer.reviews.get(program.name) ?? null;
  return moveOnLadder(customer, policy, program, program.movement, held, { isRefund, horizonDay, review });
}

function reasonOf(
  program: Program,
  from: string | null,
  effective: number,
  decided: number,
  pinned: boolean,
  releases: boolean,
  step: Step | null,
): MoveReason {
  if (effective !== decided || pinned) return 'overridden';
  // An override that was replaced by one without effect has ended as well.
  if (releases && from !== null) return 'overrideEnded';
  if (step !== null && step.reason !== null) return step.reason;
  if (effective < 0) return 'missed';
  const before = from === null ? -1 : positionOf(program, from);
  return program.kind === 'ladder' && before >= 0 && effective > before ? 'missed' : 'reached';
}
