/**
 * Households that stop shopping lose their tier by time alone, on the very day that the raw baskets say, and are warned
 * before. The sample year is folded in memory; what must come out is added up from the baskets, day by day.
 */
import { readFileSync } from 'node:fs';
import type { Expiring, TierChanged, TierRecord } from '@tierflow/customer/changes';
import { formatDay } from '@tierflow/customer/epoch-day';
import { readCompleteJourney } from '@tierflow/local/sample-year/complete-journey';
import { completeJourneySample } from '@tierflow/local/sample-year/complete-journey-sample';
import { mapJourney } from '@tierflow/local/sample-year/map-journey';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Folded, foldUnderPolicy } from './fold-under-policy.ts';
import { type Household, householdsOf } from './naive-households.ts';
import { recordText } from './record-text.ts';

const journey = readCompleteJourney(completeJourneySample.folder);
const { lastDay } = journey;
const { events } = mapJourney({ journey, ...completeJourneySample });
const policy = readFileSync(completeJourneySample.policyFile, 'utf8');
const expiringDays = [30, 7, 1];
const households = householdsOf(events);

/** Whose loss comes when nothing has happened for so long that all three warnings come by time alone, too. */
const silent = households.flatMap(household => {
  const loss = household.lossOn(lastDay);
  const last = household.lastPurchaseDay;
  return loss !== null && last !== undefined && loss.day - last > expiringDays[0]! ? [{ household, last, loss }] : [];
});
/** Of those who were worth most. */
const ten = silent.filter(({ loss }) => loss.from === 'platinum' || loss.from === 'gold').slice(0, 10);

function recordsOf<T extends TierRecord>(folded: Folded, type: T['type']): Map<string, T[]> {
  const ofType = folded.records.filter((record): record is T => record.type === type && record.program === 'value');
  return Map.groupBy(ofType, ({ customerId }) => customerId);
}

describe('under the household ladder', () => {
  let changes: Map<string, TierChanged[]>;
  let warnings: Map<string, Expiring[]>;

  beforeAll(async () => {
    const folded = await foldUnderPolicy(policy, events, lastDay, completeJourneySample);
    changes = recordsOf<TierChanged>(folded, 'TierChanged');
    warnings = recordsOf<Expiring>(folded, 'Expiring');
  }, 120_000);

  test('every household moves exactly as its baskets say, by a fact or by time', () => {
    const told = (household: Household) =>
      (changes.get(household.id) ?? []).map(({ effectiveDay, to, cause }) => [effectiveDay, to, cause === 'time']);
    const naive = (household: Household) =>
      household.moves(lastDay).map(({ day, to, isByTime }) => [day, to, isByTime]);
    expect(households.map(household => [household.id, told(household)])).toEqual(
      households.map(household => [household.id, naive(household)]),
    );
  });

  test('every silent household is warned 30 days, 7 days and 1 day before the loss', () => {
    expect(silent.length).toBeGreaterThan(100);
    for (const { household, last, loss } of silent) {
      const told = (warnings.get(household.id) ?? []).filter(
        ({ effectiveDay }) => effectiveDay > last && effectiveDay <= loss.day - 1,
      );
      expect(told, household.id).toMatchObject(
        expiringDays.map(withinDays => ({
          effectiveDay: loss.day - withinDays,
          withinDays,
          lostOnDay: loss.day,
          tier: loss.from,
          to: loss.to,
          grace: false,
        })),
      );
    }
  });

  test('ten of them', () => {
    const told = ten.map(({ household: { id }, last, loss }) => {
      const lost = changes.get(id)!.find(({ effectiveDay, cause }) => effectiveDay > last && cause === 'time')!;
      expect(lost.effectiveDay).toBe(loss.day);
      const warned = warnings.get(id)!.filter(({ lostOnDay }) => lostOnDay === lost.effectiveDay);
      const days = warned.map(({ effectiveDay }) => formatDay(effectiveDay)).join(', ');
      return `${id} last bought on ${formatDay(last)}, told on ${days}: ${lost.from} → ${lost.to} on ${formatDay(lost.effectiveDay)}`;
    });
    expect(told).toMatchInlineSnapshot(`
      [
        "73 last bought on 2017-08-19, told on 2017-09-25, 2017-10-18, 2017-10-24: gold → silver on 2017-10-25",
        "383 last bought on 2017-11-20, told on 2017-11-21, 2017-12-14, 2017-12-20: gold → silver on 2017-12-21",
        "399 last bought on 2017-07-22, told on 2017-08-02, 2017-08-25, 2017-08-31: gold → bronze on 2017-09-01",
        "601 last bought on 2017-11-27, told on 2017-11-28, 2017-12-21, 2017-12-27: gold → silver on 2017-12-28",
        "1112 last bought on 2017-10-06, told on 2017-10-09, 2017-11-01, 2017-11-07: gold → silver on 2017-11-08",
        "1270 last bought on 2017-11-28, told on 2017-12-01, 2017-12-24, 2017-12-30: gold → silver on 2017-12-31",
        "1339 last bought on 2017-09-13, told on 2017-11-12, 2017-12-05, 2017-12-11: gold → bronze on 2017-12-12",
        "1974 last bought on 2017-08-08, told on 2017-08-23, 2017-09-15, 2017-09-21: gold → silver on 2017-09-22",
        "2179 last bought on 2017-11-18, told on 2017-11-21, 2017-12-14, 2017-12-20: gold → bronze on 2017-12-21",
        "2308 last bought on 2017-07-28, told on 2017-07-31, 2017-08-23, 2017-08-29: gold → silver on 2017-08-30",
      ]
    `);
  });
});

describe('under the same ladder with a validity of 90 days and 14 days of grace', () => {
  const guarded = policy.replace(/^ {4}demote: now$/m, '    demote: atExpiry\n    validity: P90D\n    graceDays: 14');
  let folded: Folded;

  beforeAll(async () => {
    folded = await foldUnderPolicy(guarded, events, lastDay, completeJourneySample);
  }, 120_000);

  test('every household moves when its validity and its grace have ended', () => {
    const changes = recordsOf<TierChanged>(folded, 'TierChanged');
    expect(
      households.map(({ id }) => [id, (changes.get(id) ?? []).map(change => [change.effectiveDay, change.to])]),
    ).toEqual(
      households.map(household => {
        const moves = household.guardedMoves(lastDay, { validityDays: 90, graceDays: 14 });
        return [household.id, moves.map(({ day, to }) => [day, to])];
      }),
    );
  });

  test('one of them', () => {
    const [{ household, last }] = ten as [(typeof ten)[0]];
    const told = folded.records
      .filter(({ customerId, program }) => customerId === household.id && program === 'value')
      .map(record => `${formatDay(record.effectiveDay)} ${recordText(record)}`);
    expect(formatDay(last)).toMatchInlineSnapshot(`"2017-08-19"`);
    expect(told).toMatchInlineSnapshot(`
      [
        "2017-01-18 value → bronze",
        "2017-03-07 value → silver, until 2017-06-05",
        "2017-06-05 value renewed, until 2017-09-03",
        "2017-08-16 value → gold, until 2017-11-14",
        "2017-10-29 value expiring within 30, on 2017-11-28",
        "2017-11-21 value expiring within 7, on 2017-11-28, in grace",
        "2017-11-27 value expiring within 1, on 2017-11-28, in grace",
        "2017-11-28 value → bronze by time",
      ]
    `);
  });
});
