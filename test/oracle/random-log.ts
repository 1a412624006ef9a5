/**
 * Random logs of one partition. A step says what happens relative to the log so far (days ago, the n-th fact again), so
 * that a shrunken log is still a sensible one.
 */
import type {
  Control,
  CustomerEvent,
  Fact,
  LogEvent,
  LogOpened,
  LogRecord,
  PolicyPublished,
} from '@tierflow/customer/events';
import type { PolicyDocument } from '@tierflow/customer/policy-document';
import { logOpening } from '@tierflow/processor/day-opening';
import fc from 'fast-check';
import { NaiveControl } from './naive-control.ts';
import { policyDocument, programNames } from './random-policy.ts';
import { type RolloutStep, rolloutEvents, rolloutStep, sliceCount, swept } from './random-rollouts.ts';

const dayMs = 86_400_000;
export const firstDay = 15_000;
export const horizonDays = 400;

export const genesis: LogOpened = {
  type: 'LogOpened',
  logId: 'oracle-log',
  namespace: 'oracle',
  partitions: 1,
  slices: sliceCount,
  zone: 'Europe/London',
  baseCurrency: 'GBP',
  baseCurrencyDigits: 2,
  horizonDays,
};

type Distribute<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** What a fact says, without who, when and under which id. */
export type FactContent = Distribute<
  Fact,
  'eventId' | 'source' | 'customerId' | 'occurredAt' | 'businessDay' | 'bootstrap'
>;
type DecisionContent =
  | { type: 'StandingOverridden'; program: string; kind: 'pin' | 'floor' | 'cap'; tier: string; untilIn: number | null }
  | { type: 'OverrideEnded'; program: string }
  | { type: 'CustomerForgotten' };

export type Step =
  | { step: 'fact'; customer: number; daysAgo: number; second: number; bootstrap: boolean; content: FactContent }
  | { step: 'decision'; customer: number; daysAgo: number; content: DecisionContent }
  /** Facts on many days, told forwards or backwards: what fills sealed chunks. */
  | { step: 'history'; customer: number; days: number; apart: number; backwards: boolean; contents: FactContent[] }
  | { step: 'again'; of: number }
  | { step: 'tick'; days: number }
  | { step: 'sweepDue'; fromSlice: number; toSlice: number }
  | { step: 'sweepAll'; fromSlice: number; toSlice: number; version: number | null; rolloutSeq: number }
  | { step: 'publish'; version: number; otherContent: boolean }
  | { step: 'misrouted' }
  | { step: 'unreadable' }
  | { step: 'genesisAgain' }
  | RolloutStep;

export interface LogPlan {
  readonly policies: readonly PolicyDocument[];
  /** Whether the log begins with a policy that everybody follows. */
  readonly opensWithPolicy: boolean;
  /** Whether the other policies are published then, too. */
  readonly publishesAll?: boolean;
  readonly steps: readonly Step[];
}

const amount = fc.oneof(fc.integer({ min: 1, max: 300_00 }), fc.constantFrom(1, 50_00, 120_50));
const customer = fc.nat(3);
const order = fc.option(fc.constantFrom('o1', 'o2', 'o3'), { freq: 3 });
/** Mostly foreign currency at some rate, so that a refund's proportion has something to round. */
const money = fc
  .tuple(amount, fc.constantFrom(1, 1, 0.3, 7.77))
  .map(([amountMinor, rate]) => ({ amountMinor, amountBaseMinor: Math.max(1, Math.round(amountMinor * rate)) }));

const purchase = fc
  .tuple(money, order, fc.option(fc.integer({ min: -50_00, max: 90_00 })))
  .map(([paid, orderId, marginBaseMinor]) => ({
    type: 'PurchaseRecorded' as const,
    orderId,
    ...paid,
    currency: 'EUR',
    marginBaseMinor,
    channel: null,
  }));
const refund = fc
  .tuple(money, order)
  .map(([paid, orderId]) => ({ type: 'PurchaseRefunded' as const, orderId, ...paid, currency: 'EUR', channel: null }));
const topic = fc.constantFrom(null, 'price', 'delivery', '"fit"');
const interaction = fc
  .tuple(fc.constantFrom('call', 'visit', 'quest', 'raid'), fc.option(fc.nat(90)), fc.option(fc.nat(40_00)), topic)
  .map(([kind, responseSeconds, costBaseMinor, about]) => ({
    type: 'InteractionRecorded' as const,
    kind,
    topic: about,
    responseSeconds,
    costBaseMinor,
  }));
const feedback = fc
  .tuple(fc.nat(500), fc.constantFrom(500, 700, 1000), fc.boolean(), topic)
  .map(([scoreHundredths, scaleHundredths, complaint, about]) => ({
    type: 'FeedbackReceived' as const,
    scoreHundredths,
    scaleHundredths,
    topic: about,
    complaint,
  }));
/** What policies ask for, mostly as they ask for it; and what nobody asks for. */
const attributes = fc.record(
  {
    region: fc.constantFrom('north', 'south', null, 7),
    potential: fc.oneof(fc.nat(4), fc.constantFrom(0.5, 2.345, null, 'high')),
    isPartner: fc.constantFrom(true, false, null),
    since: fc.constantFrom('2010-02-28', '2011-01-26', '2008-02-29', '2012-06-30', '2010-02-30', null, true),
    7: fc.nat(9),
  },
  { requiredKeys: [] },
);
const profile = attributes.map(told => ({ type: 'ProfileUpdated' as const, attributes: told }));

export const factContent: fc.Arbitrary<FactContent> = fc.oneof(
  { weight: 5, arbitrary: purchase },
  { weight: 4, arbitrary: refund },
  { weight: 3, arbitrary: interaction },
  { weight: 2, arbitrary: feedback },
  { weight: 1, arbitrary: profile },
);

/** Today, lately, at the edges of the windows and of the horizon, and the day after, which is still accepted. */
export const dayAgo = fc.oneof(
  { weight: 8, arbitrary: fc.constant(0) },
  { weight: 6, arbitrary: fc.nat(12) },
  { weight: 2, arbitrary: fc.constantFrom(29, 30, 31, 89, 90, 364, 365, 366) },
  { weight: 1, arbitrary: fc.nat(420) },
  { weight: 1, arbitrary: fc.constantFrom(398, 399, 400, 401) },
  { weight: 2, arbitrary: fc.constant(-1) },
  { weight: 1, arbitrary: fc.constant(-2) },
);

export const fact: fc.Arbitrary<Step> = fc
  .tuple(customer, dayAgo, fc.nat(5), fc.nat(3), factContent)
  .map(([who, ago, second, bootstrap, content]) => ({
    step: 'fact',
    customer: who,
    daysAgo: ago,
    second,
    bootstrap: bootstrap === 0,
    content,
  }));

const decisionContent: fc.Arbitrary<DecisionContent> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('StandingOverridden' as const),
      program: fc.constantFrom(...programNames),
      kind: fc.constantFrom('pin' as const, 'floor' as const, 'cap' as const),
      tier: fc.constantFrom('tier0', 'tier1', 'rest'),
      untilIn: fc.option(fc.integer({ min: -1, max: 9 })),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('OverrideEnded' as const), program: fc.constantFrom(...programNames) }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('CustomerForgotten' as const) }) },
);
const decision: fc.Arbitrary<Step> = fc
  .tuple(customer, fc.constantFrom(0, 0, 0, 0, 1, 3, -1, -2, 401), decisionContent)
  .map(([who, ago, content]) => ({ step: 'decision', customer: who, daysAgo: ago, content }));

const slices = fc
  .tuple(fc.nat(sliceCount - 1), fc.nat(sliceCount - 1), fc.nat(2))
  .map(([a, b, narrow]) => (narrow > 0 ? [0, sliceCount - 1] : [Math.min(a, b), Math.max(a, b)]) as [number, number]);
const sweepDue: fc.Arbitrary<Step> = slices.map(([fromSlice, toSlice]) => ({ step: 'sweepDue', fromSlice, toSlice }));
const sweepAll: fc.Arbitrary<Step> = fc
  .tuple(slices, fc.constantFrom(null, 1, 2, 2, 9), fc.integer({ min: 1, max: 5 }))
  .map(([[fromSlice, toSlice], version, rolloutSeq]) => ({
    step: 'sweepAll',
    fromSlice,
    toSlice,
    version,
    rolloutSeq,
  }));
export const tick: fc.Arbitrary<Step> = fc
  .oneof(
    { weight: 6, arbitrary: fc.constant(1) },
    { weight: 3, arbitrary: fc.integer({ min: -1, max: 9 }) },
    { weight: 2, arbitrary: fc.constantFrom(23, 30, 60, 90) },
    { weight: 1, arbitrary: fc.constantFrom(365, 395, 400) },
  )
  .map(days => ({ step: 'tick', days }));

const again: fc.Arbitrary<Step> = fc.nat(200).map(of => ({ step: 'again', of }));

const history: fc.Arbitrary<Step> = fc.record({
  step: fc.constant('history' as const),
  customer,
  days: fc.integer({ min: 5, max: 50 }),
  apart: fc.integer({ min: 1, max: 9 }),
  backwards: fc.boolean(),
  contents: fc.array(factContent, { minLength: 1, maxLength: 3 }),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 22, arbitrary: fact },
  { weight: 1, arbitrary: history },
  { weight: 3, arbitrary: again },
  { weight: 8, arbitrary: tick },
  { weight: 5, arbitrary: sweepDue },
  { weight: 3, arbitrary: decision },
  { weight: 2, arbitrary: sweepAll },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(1, 2, 2, 3), fc.nat(5))
      .map(([version, other]): Step => ({ step: 'publish', version, otherContent: other === 0 })),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Step>({ step: 'misrouted' }, { step: 'unreadable' }, { step: 'genesisAgain' }),
  },
);

const policies = fc.tuple(policyDocument(1), policyDocument(2), policyDocument(3));

/** `rollouts` of the steps in a hundred are about roll-outs, sweeps and cuts. */
export function logPlanOf(stepsMin: number, stepsMax: number, rollouts = 10): fc.Arbitrary<LogPlan> {
  const anyStep = fc.oneof(
    { weight: 100 - rollouts, arbitrary: step },
    { weight: rollouts, arbitrary: rolloutStep as fc.Arbitrary<Step> },
  );
  return fc.record({
    policies,
    opensWithPolicy: fc.integer({ min: 0, max: 5 }).map(n => n > 0),
    publishesAll: fc.boolean(),
    steps: fc.array(anyStep, { minLength: stepsMin, maxLength: stepsMax }),
  });
}

export const logPlan = logPlanOf(5, 60);

export const batchSizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 4 });

function published(document: PolicyDocument, isOther = false): PolicyPublished {
  const { policy: policyId, version } = document;
  const hash = `sha256:${version}${isOther ? '-other' : ''}`;
  return { type: 'PolicyPublished', policyId, version, hash, document: JSON.stringify(document) };
}

/** Genesis, the policy, and everybody following it. */
export function opening(document: PolicyDocument): Control[] {
  return logOpening(genesis, published(document));
}

/** Offsets have gaps, as transaction markers make them; timestamps are their own. */
export function recordsOf(events: readonly { key: string | null; event: LogRecord['event'] }[]): LogRecord[] {
  let offset = -1;
  return events.map(({ key, event }, index) => {
    offset += index % 5 === 4 ? 2 : 1;
    return { offset, timestamp: 1_600_000_000_000 + index * 1000, key, event };
  });
}

export function keyed(event: LogEvent): { key: string | null; event: LogEvent } {
  return { key: 'customerId' in event ? event.customerId : null, event };
}

export function factOf(
  content: FactContent,
  eventId: string,
  customerId: string,
  businessDay: number,
  second: number,
  bootstrap = false,
): Fact {
  const occurredAt = businessDay * dayMs + second * 1000;
  return { ...content, eventId, source: 'shop', customerId, occurredAt, businessDay, bootstrap };
}

export function logOf({ policies, opensWithPolicy, publishesAll = false, steps }: LogPlan): LogRecord[] {
  const events: { key: string | null; event: LogRecord['event'] }[] = [];
  const told: CustomerEvent[] = [];
  const control = new NaiveControl();
  const order = (...records: readonly Control[]): void => {
    for (const record of records) {
      control.apply(record);
      events.push(keyed(record));
    }
  };
  order(...(opensWithPolicy ? opening(policies[0]!) : [genesis]));
  if (publishesAll) order(...policies.map(policy => published(policy)));
  const tell = (event: CustomerEvent): void => {
    told.push(event);
    events.push(keyed(event));
  };
  let logDay = firstDay;
  steps.forEach((step, index) => {
    const eventId = `e${index}`;
    switch (step.step) {
      case 'fact':
        tell(factOf(step.content, eventId, `c${step.customer}`, logDay - step.daysAgo, step.second, step.bootstrap));
        break;
      case 'decision':
        tell(decisionOf(step.content, eventId, `c${step.customer}`, logDay - step.daysAgo, logDay));
        break;
      case 'history':
        for (let n = 0; n < step.days; n++) {
          const daysAgo = (step.backwards ? n : step.days - 1 - n) * step.apart;
          const content = step.contents[n % step.contents.length]!;
          tell(factOf(content, `${eventId}-${n}`, `c${step.customer}`, logDay - daysAgo, 0));
        }
        break;
      case 'again':
        if (told.length > 0) tell(told[step.of % told.length]!);
        break;
      case 'tick':
        order({ type: 'ClockTicked', day: logDay + step.days });
        logDay = Math.max(logDay, logDay + step.days);
        break;
      case 'sweepDue':
        order(swept('due', step.fromSlice, step.toSlice));
        break;
      case 'sweepAll': {
        const { fromSlice, toSlice, version: policyVersion, rolloutSeq } = step;
        order(swept('all', fromSlice, toSlice, { rolloutSeq, policyVersion, calibration: null }));
        break;
      }
      case 'publish':
        order(published(policies[(step.version - 1) % policies.length]!, step.otherContent));
        break;
      case 'misrouted':
        if (told.length > 0) events.push({ key: 'somebody else', event: told.at(-1)! });
        break;
      case 'unreadable':
        events.push({ key: 'c0', event: { type: 'Unreadable', reason: 'notAvro', detail: 'no magic byte' } });
        break;
      case 'genesisAgain':
        order(genesis);
        break;
      default:
        order(...rolloutEvents(step, control, policies, eventId));
    }
  });
  return recordsOf(events);
}

function decisionOf(
  content: DecisionContent,
  eventId: string,
  customerId: string,
  businessDay: number,
  logDay: number,
): CustomerEvent {
  const base = {
    eventId,
    source: 'console',
    customerId,
    occurredAt: businessDay * dayMs,
    businessDay,
    bootstrap: false,
    actor: 'somebody',
    reason: 'because',
  };
  if (content.type !== 'StandingOverridden') return { ...base, ...content };
  const { untilIn, ...override } = content;
  return { ...base, ...override, untilDay: untilIn === null ? null : logDay + untilIn };
}
