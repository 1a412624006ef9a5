/**
 * How a customer moves on a guarded ladder and through the stages of an exit: one evaluation of one day, from what was
 * held before it. Overrides stand above this and are not known here.
 */
import type { EpochDay } from '@tierflow/customer/events';
import type { ProgramDocument } from '@tierflow/customer/policy-document';
import { holds, isMet, type Numbers } from './naive-conditions.ts';
import { type NaiveFit, tierNames } from './naive-fit.ts';

export interface NaiveHeld {
  readonly tier: string | null;
  readonly sinceDay: EpochDay;
  readonly qualifiedDay: EpochDay;
  readonly validUntilDay: EpochDay | null;
  readonly belowSinceDay: EpochDay | null;
  readonly graceUntilDay: EpochDay | null;
}

/** What an evaluation made of it; without a reason nothing moved. */
export interface NaiveMove {
  readonly held: NaiveHeld;
  readonly reason: string | null;
  readonly isRenewed: boolean;
}

export interface LadderDay {
  readonly document: ProgramDocument;
  readonly day: EpochDay;
  /** The evaluation is that of a refund. */
  readonly isRefund: boolean;
  /** The last day behind the horizon. */
  readonly behindDay: EpochDay;
  /** Whether a measure as of a day reads what is behind it. */
  readonly readsBack: (measure: string, day: EpochDay) => boolean;
  /** What the numbers gave at the end of a day, by what is known today. */
  readonly fitOn: (day: EpochDay) => NaiveFit;
  /** The end of what is qualified for on a day. */
  readonly endOf: (day: EpochDay) => EpochDay | null;
}

const movementKeys = [
  'depth',
  'graceDays',
  'minTenureDays',
  'confirmDays',
  'hysteresisPercent',
  'validity',
  'refunds',
] as const;
const neutral: Readonly<Record<string, unknown>> = {
  depth: 'fit',
  graceDays: 0,
  minTenureDays: 0,
  confirmDays: 1,
  hysteresisPercent: 0,
};

/** A ladder whose standing is not simply what the numbers give. */
export function isGuarded(document: ProgramDocument): boolean {
  if (document.kind !== 'ladder' || document.by === 'exit') return false;
  if (document.demote === 'atExpiry') return true;
  return movementKeys.some(key => document[key] !== undefined && document[key] !== neutral[key]);
}

export function moveOnLadder(held: NaiveHeld | null, given: LadderDay): NaiveMove {
  const { document, day, isRefund, behindDay, readsBack, fitOn, endOf } = given;
  const { demote = 'now', depth = 'fit', refunds = 'unearned' } = document;
  const { graceDays = 0, minTenureDays = 0, confirmDays = 1 } = document;
  const names = tierNames(document);
  const lowest = names.length - 1;
  const today = fitOn(day);
  const endAt = (position: number, qualifiedDay: EpochDay) =>
    demote === 'now' || position === lowest ? null : endOf(qualifiedDay);

  const isBelowOf = (fit: NaiveFit, of: number): boolean => fit.position > of && !fit.keeps(of);
  // A qualification that is good no further than to today counts from today, or else it would be reviewed at once.
  const stillGood = (position: number, qualifiedDay: EpochDay): EpochDay => {
    const end = endAt(position, qualifiedDay);
    return end === null || end > day ? qualifiedDay : day;
  };
  const arriveAt = (position: number, reason: string, qualifiedDay = day): NaiveMove => ({
    held: {
      tier: names[position]!,
      sinceDay: day,
      qualifiedDay: stillGood(position, qualifiedDay),
      validUntilDay: endAt(position, stillGood(position, qualifiedDay)),
      // By one level only, the numbers may be below that level as well, and are so from this day on.
      belowSinceDay: isBelowOf(today, position) ? day : null,
      graceUntilDay: null,
    },
    reason,
    isRenewed: false,
  });

  // Nothing is held, or a tier that the policy no longer has; or the numbers give more.
  const position = held === null ? -1 : names.indexOf(held.tier!);
  if (held === null || position < 0 || today.position < position) return arriveAt(today.position, 'reached');

  const isBelow = isBelowOf(today, position);

  if (isRefund && isBelow && refunds === 'immediate') return arriveAt(today.position, 'unearned');
  if (isRefund && isBelow && refunds === 'unearned') {
    // What the qualification read and has gone behind the horizon cannot be told any more.
    let isEarned = held.qualifiedDay <= behindDay;
    isEarned ||= today.measuresOf(position).some(name => readsBack(name, held.qualifiedDay));
    for (let past = held.qualifiedDay; past <= day; past++) isEarned ||= fitOn(past).reaches(position);
    if (!isEarned) return arriveAt(today.position, 'unearned');
  }

  // A calendar period or customer year that was not enough for the tier is the one that qualifies for the lower tier.
  const isOfPeriod = demote === 'atExpiry' && !document.validity!.startsWith('P');
  const fallTo = (fit: number, reason: string): NaiveMove =>
    arriveAt(depth === 'oneLevel' ? position + 1 : fit, reason, isOfPeriod ? held.validUntilDay! - 1 : day);
  const stay = (guards: Partial<NaiveHeld>): NaiveMove => ({
    held: { ...held, belowSinceDay: isBelow ? (held.belowSinceDay ?? day) : null, ...guards },
    reason: null,
    isRenewed: false,
  });
  const renew = (qualifiedDay: EpochDay, validUntilDay: EpochDay | null): NaiveMove => ({
    held: { ...stay({}).held, qualifiedDay, validUntilDay, graceUntilDay: null },
    reason: null,
    isRenewed: true,
  });

  if (demote === 'atExpiry') {
    if (held.graceUntilDay !== null) {
      if (!isBelow) return renew(day, endAt(position, day));
      return day >= held.graceUntilDay ? fallTo(today.position, 'graceEnded') : stay({});
    }
    // A policy that has just been given a validity counts it from the qualification.
    const validUntilDay = position === lowest ? null : (held.validUntilDay ?? endOf(held.qualifiedDay));
    if (validUntilDay === null || day < validUntilDay) return stay({ validUntilDay });
    // The end of the last valid day decides; where that is long past, the policy being new, today does.
    const review = held.validUntilDay === day ? fitOn(day - 1) : today;
    if (!isBelowOf(review, position)) {
      const end = endAt(position, isOfPeriod ? validUntilDay - 1 : validUntilDay);
      return end !== null && end <= day ? renew(day, endAt(position, day)) : renew(validUntilDay - 1, end);
    }
    // What is not below today is not taken away today, since it would be given back at once.
    if (graceDays > 0)
      return isBelow ? stay({ validUntilDay, graceUntilDay: day + graceDays }) : renew(day, endAt(position, day));
    if (today.position <= position) return renew(day, endAt(position, day));
    return fallTo(Math.min(review.position, today.position), 'expired');
  }

  const guarded = stay({ validUntilDay: null });
  if (!isBelow) return stay({ validUntilDay: null, graceUntilDay: null });
  if (held.graceUntilDay !== null) return day >= held.graceUntilDay ? fallTo(today.position, 'graceEnded') : guarded;
  const isConfirmed = day >= guarded.held.belowSinceDay! + confirmDays - 1;
  if (!isConfirmed || day < held.sinceDay + minTenureDays) return guarded;
  if (graceDays > 0) return stay({ validUntilDay: null, graceUntilDay: day + graceDays });
  return fallTo(today.position, 'missed');
}

/** Everybody else's tier comes first, then the stages; one move a day. */
export function moveThroughExit(
  held: NaiveHeld | null,
  document: ProgramDocument,
  day: EpochDay,
  numbers: Numbers,
): NaiveMove {
  const { when, vetoes = [], reentry } = document.exit!;
  const names = tierNames(document);
  const isToGo = holds(when, numbers, isMet);
  const comesBack = reentry === undefined ? !isToGo : holds(reentry, numbers, isMet);
  const goesOn = isToGo && !comesBack && !holds({ any: vetoes }, numbers, isMet);
  const arriveAt = (position: number, reason: string): NaiveMove => ({
    held: {
      tier: names[position]!,
      sinceDay: day,
      qualifiedDay: day,
      validUntilDay: null,
      belowSinceDay: null,
      graceUntilDay: null,
    },
    reason,
    isRenewed: false,
  });
  const position = held === null ? -1 : names.indexOf(held.tier!);
  if (held === null || position < 0) return goesOn ? arriveAt(1, 'stageEntered') : arriveAt(0, 'reached');
  if (position === 0 && goesOn) return arriveAt(1, 'stageEntered');
  if (position > 0 && comesBack) return arriveAt(0, 'stageLeft');
  const dwellDays = document.tiers![position]!.dwellDays;
  const hasDwelt = dwellDays !== undefined && day >= held.sinceDay + dwellDays;
  if (position > 0 && goesOn && hasDwelt && position + 1 < names.length) return arriveAt(position + 1, 'stageEntered');
  return { held, reason: null, isRenewed: false };
}
