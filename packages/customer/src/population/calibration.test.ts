/**
 * The whole way from customers to classes, against the classifiers over the plain values: rank the customers, take the
 * ranks that are named, make the cuts, compile the policy with them, and see what each customer's numbers give.
 */
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { compilePolicy } from '../compile-policy.ts';
import type { Customer } from '../customer.ts';
import { customerOn, factOf, kindIndex, topicAt } from '../customer-under-test.ts';
import type { ThresholdsCalibrated } from '../events.ts';
import { fitOf } from '../fit.ts';
import { measureOf } from '../measure.ts';
import type { CutAxis, Policy } from '../policy.ts';
import type { PolicyDocument, ProgramDocument } from '../policy-document.ts';
import { ascending, onlyRanks } from './arbitrary-population.ts';
import { cutRanksOf, cutsOf } from './calibration.ts';
import { type Population, populationOf } from './order-statistics.ts';
import { pyramidClass, pyramidCuts } from './pyramid.ts';
import { tiesCuts } from './quintiles-by-ties.ts';
import { rankValueOf } from './rank-value.ts';
import { meanCut, rfmSegmentOf } from './rfm-segments.ts';
import { type Better, reaches, scoreByCuts, type7Cuts } from './score-by-cuts.ts';

const day = 15_000;

describe('the cuts of a policy', () => {
  const axis = (method: CutAxis['method'], better: Better, digits = 0): CutAxis => ({
    axis: better === 'less' ? 'recency' : 'monetary',
    ranking: 'x',
    better,
    digits,
    method,
    cuts: [],
  });
  const index = (...values: number[]) => ({
    ...populationOf(ascending(values)),
    sum: values.map(BigInt).reduce((sum, value) => sum + value, 0n),
  });

  it('of a pyramid are the least values of its classes, the top first', () => {
    const shares = axis({ kind: 'shares', cumulativeShares: [100, 500, 2000] }, 'more', 2);
    const hundred = index(...Array.from({ length: 100 }, (_, at) => at * 100 - 1000));
    expect(cutRanksOf(shares, 100)).toEqual([99, 95, 80]);
    expect(cutsOf(shares, hundred, day)).toEqual(['89.00', '85.00', '70.00']);
  });

  it('of recency are days that are still reached, the most first', () => {
    const days = [1, 1, 4, 9, 30];
    const recency = axis({ kind: 'ties' }, 'less');
    expect(cutsOf(recency, index(...days.map(ago => day - ago)), day)).toEqual(['29', '8', '3', '0']);
  });

  it('of a mean is the least whole value that is no worse', () => {
    expect(cutsOf(axis({ kind: 'mean' }, 'more'), index(1, 2, 4), day)).toEqual(['3']);
    expect(cutsOf(axis({ kind: 'mean' }, 'less'), index(day - 1, day - 2, day - 4), day)).toEqual(['2']);
    expect(cutsOf(axis({ kind: 'mean' }, 'less'), index(day - 1, day - 3), day)).toEqual(['2']);
    expect(cutRanksOf(axis({ kind: 'mean' }, 'more'), 3)).toEqual([]);
  });

  it('stay within the exact integers', () => {
    const most = index(Number.MAX_SAFE_INTEGER);
    const cuts = Array(4).fill('90071992547409.91');
    expect(cutsOf(axis({ kind: 'type7', unit: 100 }, 'more', 2), most, day)).toEqual(cuts);
    expect(cutsOf(axis({ kind: 'ties' }, 'more', 2), most, day)).toEqual(cuts);
  });

  it('of nobody are none', () => {
    expect(() => cutRanksOf(axis({ kind: 'ties' }, 'more'), 0)).toThrow('has no cuts');
  });
});

/** Ties are frequent, and amounts of money may be below zero. */
const arbitraryPeople = fc
  .oneof(fc.constant(3), fc.constant(300), fc.constant(90_000))
  .chain(range =>
    fc.array(
      fc.record({
        daysAgo: fc.integer({ min: 0, max: Math.min(range, 500) }),
        worth: fc.integer({ min: -Math.ceil(range / 4), max: range }),
        isActive: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
      }),
      { minLength: 1, maxLength: 25 },
    ),
  )
  .filter(people => people.some(({ isActive }) => isActive));

const shareTexts = fc.uniqueArray(fc.integer({ min: 1, max: 4000 }), { minLength: 1, maxLength: 4 });

function documentOf(shares: readonly number[], digits: number, scores: 'ties' | 'type7', highFrom: number) {
  const population = { among: { all: ['active == true'] } };
  const pyramid: ProgramDocument = {
    kind: 'ladder',
    by: 'pyramid',
    pyramid: { measure: 'worth' },
    population,
    tiers: [
      ...shares.map((share, at) => ({ tier: `t${at}`, share: (share / 100).toFixed(2), from: String(99 - at) })),
      { tier: 'rest' },
    ],
  };
  const rfm = (frequency: 'mean' | 'cuts'): ProgramDocument => ({
    kind: 'segment',
    by: 'rfm',
    population: { ...population, ...(frequency === 'cuts' ? { scores } : {}) },
    rfm:
      frequency === 'mean'
        ? {
            recency: { measure: 'silence', mean: '30.5' },
            frequency: { measure: 'worth', mean: '1' },
            monetary: { measure: 'worth', mean: '1' },
          }
        : {
            recency: { measure: 'silence', cuts: ['40', '30', '20', '10'], highFrom },
            frequency: { measure: 'worth', cuts: ['1', '2', '3', '4'], highFrom },
            monetary: { measure: 'worth', cuts: ['1', '2', '3', '4'], highFrom },
          },
  });
  const document: PolicyDocument = {
    policy: 'p',
    version: 1,
    measures: {
      worth: { op: 'attribute', attribute: 'worth', type: 'number', digits },
      active: { op: 'attribute', attribute: 'active', type: 'flag' },
      silence: { op: 'since', of: 'purchase' },
    },
    programs: { pyramid, byMean: rfm('mean'), byScore: rfm('cuts') },
  };
  return document;
}

function compiled(document: PolicyDocument, calibrated?: ThresholdsCalibrated): Policy {
  const options = { baseCurrencyDigits: 2, horizonDays: 800, kindIndex, topicAt, calibrated };
  const result = compilePolicy(document, options);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.policy;
}

/** What a conductor does, over plain arrays. */
function calibrate(policy: Policy, customers: readonly Customer[]): ThresholdsCalibrated {
  const indexOf = (key: string): number[] => {
    const ranking = policy.rankings.find(each => each.key === key)!;
    return customers.flatMap(customer => rankValueOf(customer, ranking) ?? []);
  };
  const programs = policy.programs.map(({ name, population }) => {
    const axes = population!.axes.map(axis => {
      const values = indexOf(axis.ranking);
      const sum = values.map(BigInt).reduce((total, value) => total + value, 0n);
      const ranked = onlyRanks(values, cutRanksOf(axis, values.length));
      return { axis: axis.axis, cuts: cutsOf(axis, { ...ranked, sum }, day) };
    });
    return { program: name, size: indexOf(population!.axes[0]!.ranking).length, axes };
  });
  const head = { policyId: 'p', policyVersion: 1, calibration: 1, day, rankings: [] };
  return { type: 'ThresholdsCalibrated', ...head, programs };
}

test('customers are classed as the classifiers class their numbers', () => {
  const highFrom = fc.integer({ min: 2, max: 5 });
  const scores = fc.constantFrom<'ties' | 'type7'>('ties', 'type7');
  fc.assert(
    fc.property(
      arbitraryPeople,
      shareTexts,
      fc.constantFrom(0, 2),
      scores,
      highFrom,
      (people, shares, digits, by, from) => {
        const own = shares.filter((_, at) => sumTo(shares, at) < 10_000);
        const document = documentOf(own, digits, by, from);
        const written = compiled(document);
        const unit = 10 ** digits;
        const customersUnder = (policy: Policy) =>
          people.map(({ daysAgo, worth, isActive }) =>
            customerOn(
              day,
              policy,
              factOf('PurchaseRecorded', day - daysAgo),
              factOf('ProfileUpdated', day, { attributes: { worth: worth / unit, active: isActive } }),
            ),
          );
        const calibrated = compiled(document, calibrate(written, customersUnder(written)));

        const active = people.filter(({ isActive }) => isActive);
        const worths = active.map(({ worth }) => worth);
        const days = active.map(({ daysAgo }) => daysAgo);
        const cumulative = own.map((_, at) => sumTo(own, at));
        const pyramid = pyramidCuts(sortedOf(worths), cumulative);
        const high = (value: number, values: readonly number[], better: Better): boolean =>
          reaches(
            value,
            meanCut(
              values.map(BigInt).reduce((a, b) => a + b, 0n),
              values.length,
              better,
            ),
            better,
          );
        const scoreOf = (value: number, values: readonly number[], better: Better, scale: number): number => {
          const population = sortedOf(values);
          const cuts = by === 'ties' ? tiesCuts(population, better) : type7Cuts(population, scale);
          return scoreByCuts(value, cuts, better);
        };
        customersUnder(calibrated).forEach((customer, at) => {
          const { worth, daysAgo, isActive } = people[at]!;
          const [byPyramid, byMean, byScore] = calibrated.programs.map(program => {
            const fit = fitOf(customer, calibrated, program);
            return fit < 0 ? null : program.tiers[fit]!.name;
          });
          const place = isActive ? pyramidClass(worth, pyramid) - 1 : own.length;
          expect(byPyramid).toBe(place === own.length ? 'rest' : `t${place}`);
          expect(byMean).toBe(
            rfmSegmentOf(high(daysAgo, days, 'less'), high(worth, worths, 'more'), high(worth, worths, 'more')),
          );
          const recency = scoreOf(daysAgo, days, 'less', 1);
          const value = scoreOf(worth, worths, 'more', unit);
          expect(scoresOf(customer, calibrated)).toEqual([recency, value, value]);
          expect(byScore).toBe(rfmSegmentOf(recency >= from, value >= from, value >= from));
        });
      },
    ),
    { numRuns: 300 },
  );
});

function sumTo(shares: readonly number[], at: number): number {
  return shares.slice(0, at + 1).reduce((sum, share) => sum + share, 0);
}

function sortedOf(values: readonly number[]): Population {
  return populationOf(ascending(values));
}

function scoresOf(customer: Customer, policy: Policy): unknown[] {
  return ['byScore.r', 'byScore.f', 'byScore.m'].map(name => {
    const value = measureOf(customer, policy, policy.measures.find(measure => measure.name === name)!);
    return value === null ? null : (value as { readonly numerator: number }).numerator;
  });
}
