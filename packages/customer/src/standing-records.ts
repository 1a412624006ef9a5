/** The records that tell of a standing, with their proof. */
import type { AgedOut, Direction, Expiring, StandingRenewed, TierChanged, TierRecord } from './changes.ts';
import type { Customer } from './customer.ts';
import type { Occasion } from './decide.ts';
import { evidenceOf, evidenceOfCondition } from './evidence.ts';
import { positionOf } from './fit.ts';
import { isIncomplete } from './measure.ts';
import type { Moved } from './move.ts';
import type { Policy, Program } from './policy.ts';
import { progressOf } from './progress.ts';
import type { Loss } from './projection.ts';
import { reasonFor } from './reason.ts';
import type { Warning } from './warnings.ts';

const agedOutMost = 10;
/** Reasons that are about the tier that was held. */
const losses: ReadonlySet<string> = new Set(['missed', 'expired', 'graceEnded']);

/** What a change says where nothing comes after it: nothing was looked at, and nothing is to be done. */
export const endOfStanding = {
  evidence: [],
  direction: 'end',
  passed: [],
  validUntilDay: null,
  reviewDay: null,
  incomplete: false,
  agedOut: [],
  progress: { next: null, retain: null },
  playbook: null,
} as const;

/** What all of them say. Counts the customer's records. */
function common(customer: Customer, policy: Policy, program: string, occasion: Occasion) {
  customer.revision++;
  return {
    customerId: customer.id,
    program,
    effectiveDay: customer.evaluatedDay,
    recordedAt: occasion.recordedAt,
    policyId: policy.policyId,
    policyVersion: policy.version,
    policyHash: occasion.policyHash,
    revision: customer.revision,
  };
}

export function tierChanged(
  customer: Customer,
  policy: Policy,
  moved: Moved,
  loss: Loss | null,
  occasion: Occasion,
): TierChanged {
  const program = policy.programs[moved.program]!;
  const { tier: to, held } = customer.standings[moved.program]!;
  const { from } = moved;
  const evidence = evidenceOf(customer, policy, program, to);
  const before = positionOf(program, from);
  const after = positionOf(program, to);
  const tier = program.tiers[after];
  // Who has fallen by several tiers is told what the lost one asks, and not the tier next above.
  const asked = losses.has(moved.reason) ? (program.tiers[before]?.when ?? null) : null;
  const decisive = asked === null ? evidence : evidenceOfCondition(customer, policy, asked);
  return {
    type: 'TierChanged',
    ...common(customer, policy, program.name, occasion),
    from,
    to,
    cause: moved.endsOverride && occasion.cause === 'time' ? 'override' : occasion.cause,
    correction: occasion.correction,
    trigger: occasion.trigger,
    evidence,
    reason: reasonFor(policy, program.tiers, moved.reason, from, to, decisive),
    direction: directionOf(program, from, to, before, after),
    passed: passedOf(program, before, after),
    fromSinceDay: from === null ? null : moved.fromSinceDay,
    validUntilDay: held !== null && held.tier === to ? held.validUntilDay : null,
    reviewDay: tier?.reviewDays == null ? null : customer.evaluatedDay + tier.reviewDays,
    incomplete: isIncomplete(customer, policy, program),
    agedOut: occasion.cause === 'time' ? agedOutOn(customer, policy, program) : [],
    progress: progressOf(customer, policy, moved.program, loss),
    playbook: tier?.playbook ?? null,
  };
}

/** Of a program that the policy no longer has. */
export function programEnded(
  customer: Customer,
  policy: Policy,
  standing: { readonly program: string; readonly tier: string; readonly sinceDay: number },
  occasion: Occasion,
): TierChanged {
  return {
    type: 'TierChanged',
    ...common(customer, policy, standing.program, occasion),
    from: standing.tier,
    to: null,
    cause: occasion.cause,
    correction: occasion.correction,
    trigger: occasion.trigger,
    reason: reasonFor(policy, [], 'programEnded', standing.tier, null, []),
    fromSinceDay: standing.sinceDay,
    ...endOfStanding,
  };
}

export function standingRenewed(
  customer: Customer,
  policy: Policy,
  position: number,
  occasion: Occasion,
): StandingRenewed {
  const program = policy.programs[position]!;
  const { tier, held } = customer.standings[position]!;
  return {
    type: 'StandingRenewed',
    ...common(customer, policy, program.name, occasion),
    tier: tier!,
    validUntilDay: held!.validUntilDay!,
    evidence: evidenceOf(customer, policy, program, tier),
  };
}

/** Expiring first, then Approaching. */
export function* warningRecords(
  customer: Customer,
  policy: Policy,
  { program: position, expiring, approaching }: Warning,
  occasion: Occasion,
): Generator<TierRecord> {
  const program = policy.programs[position]!;
  const { tier, held } = customer.standings[position]!;
  if (expiring !== null) {
    const { loss, withinDays } = expiring;
    const record: Expiring = {
      type: 'Expiring',
      ...common(customer, policy, program.name, occasion),
      tier: tier!,
      to: loss.to,
      withinDays,
      lostOnDay: loss.day,
      grace: held !== null && held.graceUntilDay !== null && held.tier === tier,
      progress: progressOf(customer, policy, position, loss),
    };
    yield record;
  }
  if (approaching !== null) {
    const { next, missing } = approaching;
    yield { type: 'Approaching', ...common(customer, policy, program.name, occasion), tier, next, missing };
  }
}

function directionOf(
  program: Program,
  from: string | null,
  to: string | null,
  before: number,
  after: number,
): Direction {
  if (from === null) return 'first';
  if (to === null) return 'end';
  if (!isRanked(program) || before < 0) return 'across';
  return after < before ? 'up' : 'down';
}

/** A ladder goes down to its lowest tier, an exit to its last stage. */
function isRanked({ kind, exit }: Program): boolean {
  return kind === 'ladder' || exit !== null;
}

function passedOf(program: Program, before: number, after: number): string[] {
  if (!isRanked(program) || before < 0 || after < 0) return [];
  const between = program.tiers.slice(Math.min(before, after) + 1, Math.max(before, after)).map(({ name }) => name);
  return after < before ? between.reverse() : between;
}

/** Days of facts that left a rolling window of the program on the day. */
function agedOutOn(customer: Customer, policy: Policy, program: Program): AgedOut[] {
  const aged: AgedOut[] = [];
  for (const index of program.measures) {
    const { window, windowText } = policy.measures[index]!;
    if (window?.kind !== 'rolling' || window.previous || aged.some(known => known.window === windowText)) continue;
    const factsOfDay = customer.evaluatedDay - window.days;
    const tile = customer.tiles.find(factsOfDay);
    if (tile !== undefined && tile.cells.length > 0) aged.push({ factsOfDay, window: windowText! });
  }
  return aged.slice(0, agedOutMost);
}
