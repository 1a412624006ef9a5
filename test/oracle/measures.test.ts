/**
 * Every measure and window against a naive reckoning from the raw facts: after each fact and each passing of days, as of
 * earlier days, and on the days to come on which nothing should change.
 */
import { businessDayIn } from '@tierflow/config/business-day';
import { measuresAsOf } from '@tierflow/customer/as-of';
import { compilePolicy } from '@tierflow/customer/compile-policy';
import { Customer } from '@tierflow/customer/customer';
import type { Fact } from '@tierflow/customer/events';
import { evolve, identify } from '@tierflow/customer/evolve';
import { formatMeasure, measureOf } from '@tierflow/customer/measure';
import { nextMeasureChange } from '@tierflow/customer/measure-deadline';
import type { MeasureValue, Policy } from '@tierflow/customer/policy';
import type { MeasureDocument } from '@tierflow/customer/policy-document';
import { projectionOf } from '@tierflow/customer/projection';
import { advanceTotals, rebuildTotals } from '@tierflow/customer/rolling';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AcceptedFact, accept, type NaiveValue } from './naive-customer.ts';
import { NaiveMeasures } from './naive-measures.ts';
import { oracleTimeoutMs, runs } from './oracle-runs.ts';
import { type FactContent, factContent } from './random-log.ts';
import { measureDocuments } from './random-measures.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const horizonDays = 800;
const moneyDigits = 2;

/** Ahead of it by most, behind it by most, with changes of the clock by an hour, by half an hour, at midnight, and none. */
const zones = [
  'Europe/London',
  'America/New_York',
  'Australia/Lord_Howe',
  'Pacific/Kiritimati',
  'America/Santiago',
  'Asia/Shanghai',
  'UTC',
];

/** Ends of months and years, the leap day, and the nights on which clocks change. */
const firstDays = [
  '2023-12-30',
  '2024-02-27',
  '2024-03-09',
  '2024-03-30',
  '2024-06-29',
  '2024-10-26',
  '2025-02-27',
].map(text => Date.parse(`${text}T00:00:00Z`) / dayMs);

type Step =
  | { readonly step: 'fact'; readonly daysAgo: number; readonly hour: number; readonly content: FactContent }
  | { readonly step: 'days'; readonly days: number };

interface Life {
  readonly zone: string;
  readonly firstDay: number;
  readonly documents: Readonly<Record<string, MeasureDocument>>;
  readonly steps: readonly Step[];
  readonly daysBack: number;
  readonly probes: readonly number[];
}

const days = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 1, max: 5 }) },
  { weight: 3, arbitrary: fc.constantFrom(27, 28, 29, 30, 31, 89, 90, 92, 182, 184) },
  { weight: 2, arbitrary: fc.constantFrom(364, 365, 366, 367, 400) },
);
const daysAgo = fc.oneof(
  { weight: 6, arbitrary: fc.constant(0) },
  { weight: 3, arbitrary: fc.nat(40) },
  { weight: 2, arbitrary: fc.constantFrom(89, 91, 183, 364, 365, 366, 730, 731) },
  { weight: 1, arbitrary: fc.constantFrom(799, 800, 801) },
);
const profile: fc.Arbitrary<FactContent> = fc
  .record(
    {
      since: fc.constantFrom('2024-02-29', '2020-02-29', '2023-12-31', '2026-05-31', '2023-02-29', 'long ago', 7, null),
      region: fc.constantFrom('north', 'n"', '', 3.125, true, null),
      potential: fc.constantFrom(0, -0, 2, -1.005, 1.005, 2.5e-7, 9e15, 1e21, 'high', null),
      isPartner: fc.constantFrom(true, false, 'yes', null),
    },
    { requiredKeys: [] },
  )
  .map(attributes => ({ type: 'ProfileUpdated', attributes }));
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 7,
    arbitrary: fc.record({
      step: fc.constant('fact' as const),
      daysAgo,
      hour: fc.nat(23),
      content: fc.oneof({ weight: 5, arbitrary: factContent }, { weight: 1, arbitrary: profile }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ step: fc.constant('days' as const), days }) },
);
const life: fc.Arbitrary<Life> = fc.record({
  zone: fc.constantFrom(...zones),
  firstDay: fc.tuple(fc.constantFrom(...firstDays), fc.nat(4)).map(([day, later]) => day + later),
  documents: measureDocuments,
  steps: fc.array(step, { minLength: 1, maxLength: 14 }),
  daysBack: fc.oneof(fc.nat(40), fc.constantFrom(365, 366, 700)),
  probes: fc.array(fc.nat(1000), { maxLength: 3 }),
});

const formats = new Map<string, Intl.DateTimeFormat>();

/** The civil day of an instant, by the machine's own formatting of dates. */
function civilDay(zone: string, instantMs: number): number {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' });
    formats.set(zone, format);
  }
  return Date.parse(`${format.format(instantMs)}T00:00:00Z`) / dayMs;
}

/** A customer of the product and the list of its facts, side by side. */
class Pair {
  readonly policy: Policy;
  readonly naive: NaiveMeasures;
  readonly customer = new Customer('ada');
  readonly facts: AcceptedFact[] = [];
  readonly documents: Readonly<Record<string, MeasureDocument>>;
  private readonly zone: string;
  private readonly kinds = ['other'];
  private readonly topics = ['other'];
  private told = 0;

  constructor({ zone, documents, firstDay }: Life) {
    this.zone = zone;
    this.documents = documents;
    this.policy = this.compile();
    this.naive = new NaiveMeasures(this.facts, documents, moneyDigits);
    this.customer.evaluatedDay = firstDay;
    rebuildTotals(this.customer, this.policy);
  }

  private compile(): Policy {
    const { documents: measures, kinds, topics } = this;
    const result = compilePolicy(
      { policy: 'life', version: 1, measures, programs: { all: { kind: 'ladder', tiers: [{ tier: 'all' }] } } },
      {
        baseCurrencyDigits: moneyDigits,
        horizonDays,
        kindIndex: kind => indexIn(kinds, kind),
        topicAt: index => topics[index]!,
      },
    );
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    return result.policy;
  }

  get day(): number {
    return this.customer.evaluatedDay;
  }

  take(step: Step): void {
    if (step.step === 'days') {
      advanceTotals(this.customer, this.day + step.days);
      return;
    }
    const instant = (this.day - step.daysAgo) * dayMs + step.hour * hourMs + this.told;
    const horizonDay = this.day - horizonDays;
    const base = { eventId: `f${this.told++}`, source: 'test', customerId: 'ada', occurredAt: instant };
    const stamp = businessDayIn(this.zone)(instant);
    const fact: Fact = { ...step.content, ...base, businessDay: stamp, bootstrap: true };
    accept(this.facts, { ...fact, businessDay: civilDay(this.zone, instant) }, horizonDay);
    advanceTotals(this.customer, stamp);
    const identity = { high: 0, low: 0 };
    identify(fact, identity);
    evolve(this.customer, fact, identity, {
      horizonDay,
      kindIndex: kind => indexIn(this.kinds, kind),
      topicIndex: topic => indexIn(this.topics, topic),
    });
  }

  /** The numbers of the customer and of the facts, by measure. */
  real(customer: Customer): unknown {
    return Object.fromEntries(
      this.policy.measures.map(measure => [
        measure.name,
        {
          value: exact(measureOf(customer, this.policy, measure), measure.op === 'last' ? 0 : measure.digits),
          text: formatMeasure(customer, this.policy, measure),
        },
      ]),
    );
  }

  expected(day: number): unknown {
    return Object.fromEntries(
      Object.keys(this.documents).map(name => [
        name,
        { value: reduced(this.naive.valueOf(name, day)), text: this.naive.textOf(name, day) },
      ]),
    );
  }

  /** Everything that decides: all but what grows every day. */
  decisive(day: number): unknown {
    return Object.fromEntries(
      Object.entries(this.documents).map(([name, document]) => {
        const value = this.naive.valueOf(name, day);
        const grows = document.op === 'since' || document.op === 'last';
        return [name, grows ? value === null : reduced(value)];
      }),
    );
  }
}

function indexIn(list: string[], text: string): number {
  const known = list.indexOf(text);
  return known >= 0 ? known : list.push(text) - 1;
}

function gcd(a: bigint, b: bigint): bigint {
  return b === 0n ? a : gcd(b, a % b);
}

/** In lowest terms, as text. */
function reduced(value: NaiveValue): unknown {
  if (value === null || typeof value !== 'object' || !('numerator' in value)) return value;
  const { numerator, denominator } = value;
  const divisor = gcd(numerator < 0n ? -numerator : numerator, denominator);
  return `${numerator / divisor}/${denominator / divisor}`;
}

function exact(value: MeasureValue | null, digits: number): unknown {
  if (value === null || typeof value !== 'object' || !('numerator' in value)) return value;
  const denominator = BigInt(value.denominator) * 10n ** BigInt(digits);
  return reduced({ numerator: BigInt(value.numerator), denominator });
}

function stateOf({ totals, tallies, leaveDays, lifetime, evaluatedDay }: Customer): unknown {
  const counted = tallies.map(tally => [...tally].sort(([a], [b]) => a - b));
  return structuredClone({ totals, counted, leaveDays, entries: lifetime.entries, evaluatedDay });
}

function rebuilt({ policy, customer }: Pair): Customer {
  const anew = new Customer('ada', customer.tiles, customer.lifetime);
  anew.evaluatedDay = customer.evaluatedDay;
  anew.firstDay = customer.firstDay;
  anew.attributes = customer.attributes;
  rebuildTotals(anew, policy);
  return anew;
}

function lived(plan: Life): Pair {
  const pair = new Pair(plan);
  for (const step of plan.steps) pair.take(step);
  return pair;
}

test('after every step each measure is what the facts give', { timeout: oracleTimeoutMs }, () => {
  fc.assert(
    fc.property(life, plan => {
      const pair = new Pair(plan);
      for (const step of plan.steps) {
        pair.take(step);
        expect(pair.real(pair.customer)).toEqual(pair.expected(pair.day));
      }
    }),
    runs(10_000),
  );
});

test('totals that have moved along are those that are taken anew', { timeout: oracleTimeoutMs }, () => {
  fc.assert(
    fc.property(life, plan => {
      const pair = new Pair(plan);
      for (const step of plan.steps) {
        pair.take(step);
        expect(stateOf(pair.customer)).toEqual(stateOf(rebuilt(pair)));
      }
    }),
    runs(10_000),
  );
});

/** Days that the widest window reads back, `previous` included. */
const reachDays = 732;

test('as of the end of an earlier day each measure is what the facts until then give', {
  timeout: oracleTimeoutMs,
}, () => {
  fc.assert(
    fc.property(life, plan => {
      const pair = lived(plan);
      // A day that has gone behind the horizon may be forgotten, and with it when something happened last.
      fc.pre(!pair.facts.some(({ inHorizon, day }) => inHorizon && day <= pair.day - horizonDays));
      const before = stateOf(pair.customer);
      // Further back there are no tiles for the windows any more.
      const day = pair.day - Math.min(plan.daysBack, horizonDays - reachDays - 1);
      expect(pair.real(measuresAsOf(pair.customer, pair.policy, day))).toEqual(pair.expected(day));
      expect(stateOf(pair.customer)).toEqual(before);
    }),
    runs(10_000),
  );
});

test('until the next deadline no measure changes that decides', { timeout: oracleTimeoutMs }, () => {
  fc.assert(
    fc.property(life, plan => {
      const pair = lived(plan);
      const next = nextMeasureChange(pair.customer, pair.policy);
      const last = Math.min(next - 1, pair.day + 800);
      const now = pair.decisive(pair.day);
      const span = last - pair.day;
      const probed = plan.probes.map(probe => pair.day + 1 + Math.floor((probe * span) / 1001));
      for (const day of span <= 0 ? [] : [pair.day + 1, last, ...probed]) expect(pair.decisive(day)).toEqual(now);
    }),
    runs(10_000),
  );
});

test('a copy is moved through its deadlines while the customer stays as it is', { timeout: oracleTimeoutMs }, () => {
  fc.assert(
    fc.property(life, plan => {
      const pair = lived(plan);
      const before = stateOf(pair.customer);
      const copy = projectionOf(pair.customer);
      const last = pair.day + 400;
      for (let next = pair.day; next <= last; next = nextMeasureChange(copy, pair.policy)) advanceTotals(copy, next);
      advanceTotals(copy, last);
      expect(pair.real(copy)).toEqual(pair.expected(last));
      expect(stateOf(pair.customer)).toEqual(before);
    }),
    runs(10_000),
  );
});

test('the day that is stamped at the door is the civil day in its zone', { timeout: oracleTimeoutMs }, () => {
  const instant = fc.tuple(fc.constantFrom(...firstDays), fc.nat(9), fc.nat(dayMs - 1));
  fc.assert(
    fc.property(fc.constantFrom(...zones), instant, (zone, [day, later, ms]) => {
      const at = (day + later) * dayMs + ms;
      expect(businessDayIn(zone)(at)).toBe(civilDay(zone, at));
    }),
    runs(10_000),
  );
});
