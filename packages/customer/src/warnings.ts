/**
 * Warnings: a tier that will be lost by time alone, and one that is nearly reached. Whoever was told is not told again:
 * of a loss once for each of the policy's distances, of a tier ahead not before the cool-down is over.
 *
 * The outlook reaches as far as the longest distance. The day on which it has to be taken again is known: the first
 * deadline behind it, less its reach; or, with a loss ahead, the day of the next shorter distance.
 */
import type { Missing } from './changes.ts';
import type { Customer, Warned } from './customer.ts';
import { positionOf } from './fit.ts';
import { comparisonHolds } from './measure.ts';
import { distanceTo, missingFor } from './missing.ts';
import type { Comparison, Condition, Policy, Program, Tier, Warnings } from './policy.ts';
import { type Loss, outlook } from './projection.ts';

export interface Warning {
  /** Position in the policy. */
  readonly program: number;
  readonly expiring: { readonly withinDays: number; readonly loss: Loss } | null;
  readonly approaching: { readonly next: string; readonly missing: readonly Missing[] } | null;
}

const noWarnings: readonly Warning[] = [];
const nothingTold: Warned = { withinDays: null, isApproaching: false, approachedDay: null };

/** What is to be told, and what the outlook saw. Notes what is told in the standings, and when to look again. */
export function warn(
  customer: Customer,
  policy: Policy,
  hasChanged: (program: number) => boolean,
): { readonly warnings: readonly Warning[]; readonly losses: readonly (Loss | null)[] } {
  customer.warnDay = Number.POSITIVE_INFINITY;
  const reach = reachOf(customer, policy);
  const { losses, nextDeadline } =
    reach === 0
      ? { losses: policy.programs.map(() => null), nextDeadline: Number.POSITIVE_INFINITY }
      : outlook(customer, policy, customer.evaluatedDay + reach, p => canLose(customer, policy, p));
  const warnings: Warning[] = [];
  for (let p = 0; p < policy.programs.length; p++) {
    const program = policy.programs[p]!;
    if (program.warnings === null) continue;
    const standing = customer.standings[p]!;
    const told = standing.warned ?? nothingTold;
    const known = hasChanged(p) ? { ...told, withinDays: null } : told;
    const expiring = expiringOf(customer, program.warnings, known, losses[p]!, nextDeadline);
    const approaching = approachingOf(customer, policy, program, standing.tier);
    const isTold = approaching !== null && !known.isApproaching && isCool(customer, program.warnings, known);
    const warned = {
      withinDays: expiring.withinDays,
      isApproaching: approaching !== null,
      approachedDay: isTold ? customer.evaluatedDay : known.approachedDay,
    };
    standing.warned = isNothing(warned) ? null : warned;
    const isExpiring = expiring.loss !== null && expiring.withinDays !== known.withinDays;
    if (!isExpiring && !isTold) continue;
    warnings.push({
      program: p,
      expiring: isExpiring ? { withinDays: expiring.withinDays!, loss: expiring.loss! } : null,
      approaching: isTold ? approaching : null,
    });
  }
  return { warnings: warnings.length === 0 ? noWarnings : warnings, losses };
}

/** Days that the outlook has to reach for anybody to be warned in time; 0: nobody is. */
function reachOf(customer: Customer, policy: Policy): number {
  let reach = 0;
  for (let p = 0; p < policy.programs.length; p++) {
    const first = policy.programs[p]!.warnings?.expiringDays[0] ?? 0;
    if (first > reach && canLose(customer, policy, p)) reach = first;
  }
  return reach;
}

function canLose(customer: Customer, policy: Policy, p: number): boolean {
  const program = policy.programs[p]!;
  const position = positionOf(program, customer.standings[p]!.tier);
  return (program.warnings?.expiringDays.length ?? 0) > 0 && position >= 0 && position < program.tiers.length - 1;
}

/** The smallest distance that is told by now, and the loss if it is ahead within the program's own reach. */
function expiringOf(
  customer: Customer,
  { expiringDays }: Warnings,
  told: Warned,
  loss: Loss | null,
  nextDeadline: number,
): { readonly withinDays: number | null; readonly loss: Loss | null } {
  const reach = expiringDays[0] ?? 0;
  const day = customer.evaluatedDay;
  const lookAgain = (again: number): void => {
    if (again > day && again < customer.warnDay) customer.warnDay = again;
  };
  if (loss === null) {
    if (reach > 0) lookAgain(nextDeadline - reach);
    return { withinDays: null, loss: null };
  }
  const ahead = loss.day - day;
  for (const days of expiringDays) lookAgain(loss.day - days);
  if (ahead > reach) return { withinDays: null, loss: null };
  const within = expiringDays.findLast(days => ahead <= days)!;
  return { withinDays: told.withinDays === null ? within : Math.min(within, told.withinDays), loss };
}

function isCool(customer: Customer, { approaching }: Warnings, { approachedDay }: Warned): boolean {
  return approachedDay === null || customer.evaluatedDay >= approachedDay + approaching!.coolDownDays;
}

function isNothing({ withinDays, isApproaching, approachedDay }: Warned): boolean {
  return withinDays === null && !isApproaching && approachedDay === null;
}

function approachingOf(customer: Customer, policy: Policy, program: Program, tier: string | null) {
  if (program.warnings?.approaching == null || program.kind !== 'ladder' || program.exit !== null) return null;
  const at = positionOf(program, tier);
  const above = program.tiers[at - 1];
  if (at < 1 || above === undefined || above.when === null) return null;
  const { withinPercent } = program.warnings.approaching;
  const near = nearness(customer, policy, above.when, program.tiers[at]!, withinPercent);
  return near === 'near' ? { next: above.name, missing: missingFor(customer, policy, above.when) } : null;
}

/** Whether a condition holds, is nearly reached, or neither. */
function nearness(
  customer: Customer,
  policy: Policy,
  condition: Condition,
  present: Tier,
  withinPercent: number,
): 'holds' | 'near' | 'far' {
  if (condition.kind === 'comparison') {
    if (comparisonHolds(customer, policy, condition)) return 'holds';
    return isNear(customer, policy, condition, present, withinPercent) ? 'near' : 'far';
  }
  const parts = condition.conditions.map(part => nearness(customer, policy, part, present, withinPercent));
  if (condition.kind === 'all') return parts.includes('far') ? 'far' : parts.includes('near') ? 'near' : 'holds';
  return parts.includes('holds') ? 'holds' : parts.includes('near') ? 'near' : 'far';
}

function isNear(
  customer: Customer,
  policy: Policy,
  comparison: Comparison,
  present: Tier,
  withinPercent: number,
): boolean {
  const span = spanTo(comparison, present);
  const distance = span === null ? null : distanceTo(customer, policy, comparison);
  if (span === null || distance === null) return false;
  return distance.numerator * 100 <= span * withinPercent * distance.denominator;
}

/** From what the present tier asks of a measure to what the tier above does; null where that is not for more of it. */
export function spanTo(comparison: Comparison, present: Tier): number | null {
  const { operator, threshold } = comparison;
  if ((operator !== '>=' && operator !== '>') || typeof threshold !== 'number') return null;
  return threshold - (lowerThreshold(present.when, comparison) ?? 0);
}

/** What the present tier asks of the same measure. */
function lowerThreshold(condition: Condition | null, of: Comparison): number | null {
  if (condition === null) return null;
  if (condition.kind === 'comparison') {
    const { measure, operator, threshold } = condition;
    const isSame = measure === of.measure && (operator === '>=' || operator === '>');
    return isSame && typeof threshold === 'number' ? threshold : null;
  }
  for (const part of condition.conditions) {
    const found = lowerThreshold(part, of);
    if (found !== null) return found;
  }
  return null;
}
