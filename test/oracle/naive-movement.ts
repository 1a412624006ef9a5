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
  const { document, day, isRefund, behindDay, fitOn, endOf } = given;
  const { demote = 'now', depth = 'fit', refunds = 'unearned' } = document;
  const { graceDays = 0, minTenureDays = 0, confirmDays = 1 } = document;
  const names = tierNames(document);
  const lowest = names.length - 1;
  const today = fitOn(day);
  const endAt = (position: number, qualifiedDay: EpochDay) =>
    demote === 'now' || position === lowest ? null : endOf(qualifiedDay);

  const arriveAt = (position: number, reason: string): NaiveMove => ({
    held: {
      tier: names[position]!,
      sinceDay: day,
      qualifiedDay: day,
      validUntilDay: endAt(position, day),
      belowSinceDay: null,
      graceUntilDay: null,
    },
    reason,
    isRenewed: false,
  });

  // Nothing is held, or a tier that the policy no longer has; or the numbers give more.
  const position = held === null ? -1 : names.indexOf(held.tier!);
  if (held === null || position < 0 || today.position < position) return arriveAt(today.position, 'reached');

  const isBelowIn = (fit: NaiveFit): boolean => fit.position > position && !fit.keeps(position);
  const isBelow = isBelowIn(today);

  if (isRefund && isBelow && refunds === 'immediate') return arriveAt(today.position, 'unearned');
  if (isRefund && isBelow && refunds === 'unearned') {
    let isEarned = held.qualifiedDay <= behindDay;
    for (let past = held.qualifiedDay; past <= day; past++) isEarned ||= fitOn(past).reaches(position);
    if (!isEarned) return arriveAt(today.position, 'unearned');
  }

  const fallFrom = (fit: NaiveFit, reason: string): NaiveMove =>
    arriveAt(depth === 'oneLevel' ? position + 1 : fit.position, reason);
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
      return day >= held.graceUntilDay ? fallFrom(today, 'graceEnded') : stay({});
    }
    // A policy that has just been given a validity counts it from the day on which it is first applied.
    const validUntilDay = position === lowest ? null : (held.validUntilDay ?? endOf(day));
    if (validUntilDay === null || day < validUntilDay) return stay({ validUntilDay });
    const lastDay = fitOn(day - 1);
    if (!isBelowIn(lastDay)) {
      const isInDays = document.validity!.startsWith('P');
      return renew(day - 1, endAt(position, isInDays ? day : day - 1));
    }
    if (graceDays === 0) return fallFrom(lastDay, 'expired');
    return isBelow ? stay({ graceUntilDay: day + graceDays }) : renew(day, endAt(position, day));
  }

  const guarded = stay({ validUntilDay: null });
  if (!isBelow) return stay({ validUntilDay: null, graceUntilDay: null });
  if (held.graceUntilDay !== null) return day >= held.graceUntilDay ? fallFrom(today, 'graceEnded') : guarded;
  const isConfirmed = day >= guarded.held.belowSinceDay! + confirmDays - 1;
  if (!isConfirmed || day < held.sinceDay + minTenureDays) return guarded;
  if (graceDays > 0) return stay({ validUntilDay: null, graceUntilDay: day + graceDays });
  return fallFrom(today, 'missed');
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
