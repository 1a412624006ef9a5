/**
 * One customer on one day under one policy: what its programs make of the numbers, what is told of it, and, for the
 * warnings, what the days to come would make of it if nothing happened. Nothing is skipped and nothing remembered that a
 * policy author could not see.
 */
import type { EpochDay } from '@tierflow/customer/events';
import type { PolicyDocument, ProgramDocument } from '@tierflow/customer/policy-document';
import type { AcceptedFact } from './naive-customer.ts';
import { NaiveFit, tierNames } from './naive-fit.ts';
import { isGuarded, moveOnLadder, moveThroughExit, type NaiveHeld, type NaiveMove } from './naive-movement.ts';
import type { NaiveNumbers } from './naive-numbers.ts';
import { type NaiveOverride, overridden } from './naive-override.ts';
import { endOfValidity } from './naive-validity.ts';
import {
  approach,
  type NaiveLoss,
  type NaiveMissing,
  type NaiveWarned,
  notWarned,
  withinOf,
} from './naive-warnings.ts';

export interface NaiveStanding {
  readonly tier: string | null;
  readonly sinceDay: EpochDay;
  readonly validUntilDay: EpochDay | null;
  readonly incomplete: boolean;
  readonly held: NaiveHeld | null;
  readonly warned: NaiveWarned;
}

/** How the customer stood before the first evaluation under a policy that is being rolled out. */
export interface NaivePrior {
  readonly rolloutSeq: number;
  readonly version: number;
  readonly day: EpochDay;
  readonly standings: ReadonlyMap<string, NaiveStanding>;
  readonly overrides: readonly NaiveOverride[];
}

export interface NaiveCustomer {
  readonly id: string;
  readonly facts: AcceptedFact[];
  readonly seen: Set<string>;
  standings: Map<string, NaiveStanding>;
  overrides: NaiveOverride[];
  prior: NaivePrior | null;
  /** The last day that it was evaluated for. */
  day: EpochDay;
  policyVersion: number;
  revision: number;
  /** Of the rankings: it was written when there were these. */
  rankedGeneration: number;
}

/** Why the customer is evaluated. */
export interface NaiveCause {
  readonly cause: string;
  readonly correction: boolean;
  readonly triggeredBy: string | null;
}

export const byTime: NaiveCause = { cause: 'time', correction: false, triggeredBy: null };

/** What is told of one program, without the record's own identity. */
export type NaiveNews = { readonly program: string } & (
  | ({
      readonly type: 'TierChanged';
      readonly from: string | null;
      readonly to: string | null;
      readonly reason: string;
      readonly direction: string;
      readonly passed: readonly string[];
      readonly fromSinceDay: EpochDay | null;
      readonly validUntilDay: EpochDay | null;
      readonly reviewDay: EpochDay | null;
      readonly incomplete: boolean;
    } & NaiveCause)
  | { readonly type: 'StandingRenewed'; readonly tier: string; readonly validUntilDay: EpochDay }
  | {
      readonly type: 'Expiring';
      readonly tier: string;
      readonly to: string | null;
      readonly withinDays: number;
      readonly lostOnDay: EpochDay;
      readonly grace: boolean;
    }
  | {
      readonly type: 'Approaching';
      readonly tier: string | null;
      readonly next: string;
      readonly missing: readonly NaiveMissing[];
    }
);

export interface EvaluationContext {
  readonly policy: PolicyDocument;
  readonly numbers: NaiveNumbers;
  readonly behindDay: EpochDay;
  /** Whose override has just been set or ended; null: none. */
  readonly decidedProgram: string | null;
}

/** Evaluates the customer for its day and writes down where it stands then. */
export function evaluate(customer: NaiveCustomer, context: EvaluationContext, cause: NaiveCause): NaiveNews[] {
  const { policy } = context;
  const news: NaiveNews[] = [];
  const { day, standings } = customer;
  const ended = customer.overrides.filter(({ untilDay }) => untilDay !== null && untilDay < day);
  customer.overrides = customer.overrides.filter(override => !ended.includes(override));
  for (const [program, { tier, sinceDay }] of [...standings]) {
    if (policy.programs[program] !== undefined) continue;
    standings.delete(program);
    if (tier !== null) news.push(gone(program, tier, sinceDay, 'programEnded', cause));
  }
  const told = new Map<string, NaiveWarned>();
  for (const program of Object.keys(policy.programs)) {
    const before = standings.get(program);
    const endsOverride = ended.some(override => override.program === program);
    const { standing, changed, renewed } = evaluateProgram(customer, context, program, cause, endsOverride);
    standings.delete(program);
    standings.set(program, standing);
    if (changed !== null) news.push(changed);
    if (renewed !== null) news.push(renewed);
    const warned = before?.warned ?? notWarned;
    told.set(program, changed === null ? warned : { ...warned, withinDays: null });
  }
  const losses = lossesAhead(customer, context);
  const all: NaiveNews[] = news.filter(({ program }) => policy.programs[program] === undefined);
  for (const [program, document] of Object.entries(policy.programs)) {
    all.push(...news.filter(one => one.program === program));
    const standing = standings.get(program)!;
    const fit = new NaiveFit(program, document, context.numbers.on(day));
    const { warned, warnings } = warn(program, document, standing, told.get(program)!, fit, losses.get(program), day);
    standings.set(program, { ...standing, warned });
    all.push(...warnings);
  }
  return all;
}

export function gone(
  program: string,
  from: string | null,
  fromSinceDay: EpochDay | null,
  reason: string,
  cause: NaiveCause,
): NaiveNews {
  const nothing = { passed: [], validUntilDay: null, reviewDay: null, incomplete: false };
  return { type: 'TierChanged', program, from, to: null, reason, direction: 'end', fromSinceDay, ...nothing, ...cause };
}

function evaluateProgram(
  customer: NaiveCustomer,
  { policy, numbers, behindDay, decidedProgram }: EvaluationContext,
  program: string,
  cause: NaiveCause,
  endsOverride: boolean,
): { standing: NaiveStanding; changed: NaiveNews | null; renewed: NaiveNews | null } {
  const { day } = customer;
  const document = policy.programs[program]!;
  const names = tierNames(document);
  const before = customer.standings.get(program);
  const fitOn = (asOf: EpochDay) => new NaiveFit(program, document, numbers.on(asOf));
  const fit = fitOn(day);

  let move: NaiveMove | null = null;
  if (document.by === 'exit') move = moveThroughExit(before?.held ?? null, document, day, numbers.on(day));
  else if (isGuarded(document)) {
    const endOf = (qualified: EpochDay) => endOfValidity(document.validity!, qualified, numbers.beginningAt(day));
    const isRefund = cause.cause === 'refund';
    const readsBack = (measure: string, asOf: EpochDay) => numbers.readsBack(measure, asOf, behindDay);
    move = moveOnLadder(before?.held ?? null, { document, day, isRefund, behindDay, readsBack, fitOn, endOf });
  }
  const computed = move === null ? (names[fit.position] ?? null) : move.held.tier;
  const to = overridden(
    computed,
    names,
    customer.overrides.filter(one => one.program === program),
  );
  const from = before?.tier ?? null;
  const held = move?.held ?? null;
  // What stands above the ladder has no end of validity but its own.
  const validUntilDay = to === computed ? (held?.validUntilDay ?? null) : null;
  const standing: NaiveStanding = {
    tier: to,
    sinceDay: before !== undefined && from === to ? before.sinceDay : day,
    validUntilDay,
    incomplete: fit.isIncomplete,
    held,
    warned: notWarned,
  };
  const renewed: NaiveNews | null =
    move?.isRenewed && held !== null && held.tier === to
      ? { type: 'StandingRenewed', program, tier: to!, validUntilDay: held.validUntilDay! }
      : null;
  if (from === to) return { standing, changed: null, renewed };

  const actualCause = endsOverride && cause === byTime ? { ...cause, cause: 'override' } : cause;
  const [fromPosition, toPosition] = [names.indexOf(from!), names.indexOf(to!)];
  const isRanked = (document.kind === 'ladder' || document.by === 'exit') && fromPosition >= 0 && toPosition >= 0;
  let direction = 'across';
  if (from === null) direction = 'first';
  else if (to === null) direction = 'end';
  else if (isRanked) direction = toPosition < fromPosition ? 'up' : 'down';
  const isWorse = to === null || (isRanked && toPosition > fromPosition);
  let reason = move?.reason ?? (isWorse ? 'missed' : 'reached');
  const isPinned = customer.overrides.some(one => one.program === program && one.kind === 'pin' && one.tier === to);
  if (to !== computed || isPinned) reason = 'overridden';
  else if (from !== null && (endsOverride || decidedProgram === program)) reason = 'overrideEnded';
  const tier = document.tiers?.[toPosition];
  const changed: NaiveNews = {
    type: 'TierChanged',
    program,
    from,
    to,
    ...actualCause,
    reason,
    direction,
    passed: isRanked ? between(names, fromPosition, toPosition) : [],
    fromSinceDay: from === null ? null : before!.sinceDay,
    validUntilDay,
    reviewDay: tier?.reviewDays === undefined ? null : day + tier.reviewDays,
    incomplete: standing.incomplete,
  };
  return { standing, changed, renewed };
}

/** In the order passed. */
function between(names: readonly string[], from: number, to: number): readonly string[] {
  return from < to ? names.slice(from + 1, to) : names.slice(to + 1, from).reverse();
}

/** By program: the first day to come on which its tier is worse than today, if time passes and nothing happens. */
function lossesAhead(customer: NaiveCustomer, context: EvaluationContext): Map<string, NaiveLoss> {
  const losses = new Map<string, NaiveLoss>();
  const warned = Object.entries(context.policy.programs).filter(([, { warnings }]) => warnings?.expiringDays?.length);
  if (warned.length === 0) return losses;
  const programs = Object.fromEntries(warned.map(([name, { warnings: _, ...program }]) => [name, program]));
  const unwarned = { ...context, policy: { ...context.policy, programs } };
  const standings = new Map([...customer.standings].filter(([name]) => programs[name] !== undefined));
  const copy = { ...customer, standings, overrides: [...customer.overrides] };
  const furthest = Math.max(...warned.flatMap(([, { warnings }]) => warnings!.expiringDays!));
  while (copy.day < customer.day + furthest) {
    copy.day++;
    evaluate(copy, unwarned, byTime);
    for (const [program, document] of warned) {
      const names = tierNames(document);
      const to = copy.standings.get(program)!.tier;
      const isWorse = names.indexOf(to!) > names.indexOf(customer.standings.get(program)!.tier!);
      if (isWorse && !losses.has(program)) losses.set(program, { day: copy.day, to });
    }
  }
  return losses;
}

function warn(
  program: string,
  document: ProgramDocument,
  { tier, held }: NaiveStanding,
  told: NaiveWarned,
  fit: NaiveFit,
  loss: NaiveLoss | undefined,
  day: EpochDay,
): { warned: NaiveWarned; warnings: NaiveNews[] } {
  const { warnings: wanted } = document;
  if (wanted === undefined) return { warned: notWarned, warnings: [] };
  const warnings: NaiveNews[] = [];
  let { withinDays, isApproaching, approachedDay } = told;
  const within = withinOf(wanted.expiringDays ?? [], loss, day);
  if (within === null) withinDays = null;
  else if (withinDays === null || within < withinDays) {
    withinDays = within;
    const grace = held !== null && held.graceUntilDay !== null && held.tier === tier;
    const { day: lostOnDay, to } = loss!;
    warnings.push({ type: 'Expiring', program, tier: tier!, to, withinDays: within, lostOnDay, grace });
  }
  const { withinPercent = 10, coolDownDays = 7 } = wanted.approaching ?? {};
  const above =
    wanted.approaching === undefined || document.by === 'exit'
      ? null
      : approach(document, fit, tierNames(document).indexOf(tier!), withinPercent);
  const isNear = above?.isApproaching ?? false;
  if (isNear && !isApproaching && (approachedDay === null || day >= approachedDay + coolDownDays)) {
    approachedDay = day;
    warnings.push({ type: 'Approaching', program, tier, next: above!.next, missing: above!.missing });
  }
  isApproaching = isNear;
  return { warned: { withinDays, isApproaching, approachedDay }, warnings };
}
