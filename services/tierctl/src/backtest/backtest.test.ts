/** The embedded engine: history, the same history as an exported log, a day in the past, and another policy. */
import { formatLogLine } from '@tierflow/config/canonical/log-line';
import { parseCanonicalLine } from '@tierflow/config/canonical/parse-canonical-line';
import { openLog, parseDeployment } from '@tierflow/config/deployment';
import { parsePolicy } from '@tierflow/config/policy/parse-policy';
import { parseDay } from '@tierflow/customer/epoch-day';
import type { CustomerEvent, LogRecord, PolicyPublished } from '@tierflow/customer/events';
import { expect, test } from 'vitest';
import { DayBuckets } from '../business-days.ts';
import { advanceTo, readCustomer } from '../customer-at-day.ts';
import { daysAhead } from '../explain/days-ahead.ts';
import { explainStandings } from '../explain/standing-explained.ts';
import type { Line } from '../line-source.ts';
import type { BacktestLog } from './backtest-log.ts';
import { genesisIn, isLogLine } from './exported-lines.ts';
import { exportedLog } from './exported-log.ts';
import { type FoldedPartition, foldLog } from './fold-log.ts';
import { historicalLog } from './historical-log.ts';

const parsed = parseDeployment({ partitions: 1, slices: 4, baseCurrency: 'GBP' });
if (!parsed.ok) throw new Error('the deployment is wrong');
const genesis = openLog(parsed.deployment, 'backtest', 'backtest');

function policyWith(goldFrom: string): PolicyPublished {
  const text = `
policy: ladder
version: 1
measures:
  spend30: { op: sum, of: netSpend, window: P30D }
  idle: { op: since, of: purchase }
programs:
  value:
    kind: ladder
    demote: now
    tiers:
      - tier: gold
        when: { all: [spend30 >= ${goldFrom}] }
      - tier: silver
        when: { all: [idle <= 40] }
      - tier: bronze`;
  const result = parsePolicy(text, genesis);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  const { policyId, version } = result.policy;
  return { type: 'PolicyPublished', policyId, version, hash: result.hash, document: result.json };
}

const lines = [
  { type: 'purchase', eventId: 'p1', customerId: 'amy', occurredAt: '2024-01-10T09:00:00Z', amount: '60.00' },
  { type: 'purchase', eventId: 'p2', customerId: 'amy', occurredAt: '2024-01-15T09:00:00Z', amount: '50.00' },
  { type: 'purchase', eventId: 'p2', customerId: 'amy', occurredAt: '2024-01-15T09:00:00Z', amount: '50.00' },
  { type: 'purchase', eventId: 'p3', customerId: 'bob', occurredAt: '2024-03-10T09:00:00Z', amount: '5.00' },
].map(fields => JSON.stringify({ ...fields, currency: 'GBP' }));

function buckets(): DayBuckets<CustomerEvent> {
  const days = new DayBuckets<CustomerEvent>();
  const context = { zone: 'UTC', baseCurrency: 'GBP', nowMs: null, bootstrap: false, defaultSource: 'shop' };
  for (const line of lines) {
    const result = parseCanonicalLine(line, context);
    if (!result.ok) throw new Error(result.message.en);
    days.add(result.event.businessDay, result.event);
  }
  return days;
}

const history = (asOf: string | null = null): BacktestLog =>
  historicalLog(genesis, policyWith('100.00'), buckets(), asOf === null ? null : parseDay(asOf));

function moves([folded]: FoldedPartition[]) {
  return folded!.emissions.map(({ record }) => {
    if (record.type !== 'TierChanged') throw new Error(`a ${record.type}, though the policy has no warnings`);
    const day = new Date(record.effectiveDay * 86_400_000).toISOString().slice(0, 10);
    return `${day} ${record.customerId} ${record.from} ${record.to} ${record.cause}`;
  });
}

async function exported(extra: LogRecord[] = []): Promise<Line[]> {
  const records: LogRecord[] = [];
  for await (const piece of history().pieces()) records.push(...piece.records);
  return [...records, ...extra].map((record, index) => ({
    number: index + 1,
    bytes: Buffer.from(formatLogLine(record, 0, 2)),
  }));
}

function logOf(all: Line[], options: Partial<Parameters<typeof exportedLog>[2]> = {}): BacktestLog {
  async function* pieces() {
    yield all;
  }
  return exportedLog(genesisIn(all[0]!, 'log.jsonl'), pieces(), {
    file: 'log.jsonl',
    asOf: null,
    policy: null,
    ...options,
  });
}

test('history: everybody rises and falls on the very day, also on days without events', async () => {
  const [folded] = await foldLog(history());
  expect(moves([folded!])).toEqual([
    '2024-01-10 amy null silver facts',
    '2024-01-15 amy silver gold facts',
    '2024-02-09 amy gold silver time',
    '2024-02-25 amy silver bronze time',
    '2024-03-10 bob null silver facts',
  ]);
  expect(folded!.counters.records.get('duplicate')).toBe(1);
});

test('an exported log gives the same changes with the same ids', async () => {
  const all = await exported();
  expect(isLogLine(all[0]!)).toBe(true);
  expect(isLogLine({ number: 1, bytes: Buffer.from(lines[0]!) })).toBe(false);
  const [original] = await foldLog(history());
  const [again] = await foldLog(logOf(all));
  expect(again!.emissions).toEqual(original!.emissions);
  expect(again!.customers).toEqual(original!.customers);
});

test('a record that could not be read is rejected again', async () => {
  const event = { type: 'Unreadable', reason: 'notAvro', detail: 'no magic byte' } as const;
  const all = await exported([{ offset: 9_999, timestamp: 0, key: 'amy', event }]);
  const [folded] = await foldLog(logOf(all));
  expect(folded!.rejections).toMatchObject([{ offset: 9_999, key: 'amy', reason: 'unreadable' }]);
});

test('as of a day: nothing later is known, and the day itself is swept', async () => {
  const asOf = '2024-02-09';
  const expected = [
    '2024-01-10 amy null silver facts',
    '2024-01-15 amy silver gold facts',
    '2024-02-09 amy gold silver time',
  ];
  expect(moves(await foldLog(history(asOf)))).toEqual(expected);
  expect(moves(await foldLog(logOf(await exported(), { asOf: parseDay(asOf) })))).toEqual(expected);
});

test('another policy takes the place of the one in the log', async () => {
  const log = logOf(await exported(), { policy: policyWith('1000.00') });
  expect(moves(await foldLog(log))).toEqual([
    '2024-01-10 amy null silver facts',
    '2024-02-25 amy silver bronze time',
    '2024-03-10 bob null silver facts',
  ]);
});

test('an export that does not begin with the genesis is refused', async () => {
  const all = await exported();
  expect(() => logOf(all.slice(3))).toThrow('not with the genesis');
});

test('the days ahead of a customer are what the fold then does', async () => {
  const [folded] = await foldLog(history('2024-01-15'));
  const read = () => readCustomer('amy', folded!.customers.get('amy')!, folded!.state);
  const { customer, policy } = read();
  const ahead = daysAhead(customer, policy!, 5);
  expect(ahead).toEqual([
    {
      day: '2024-02-09',
      leaving: [{ factsOf: '2024-01-10', window: 'P30D' }],
      measures: [
        { measure: 'idle', from: '24', to: '25' },
        { measure: 'spend30', from: '110.00', to: '50.00' },
      ],
      standings: [{ program: 'value', from: 'gold', to: 'silver' }],
      renewals: [],
    },
    {
      day: '2024-02-14',
      leaving: [{ factsOf: '2024-01-15', window: 'P30D' }],
      measures: [{ measure: 'spend30', from: '50.00', to: '0.00' }],
      standings: [],
      renewals: [],
    },
    {
      day: '2024-02-25',
      leaving: [],
      measures: [{ measure: 'idle', from: '40', to: '41' }],
      standings: [{ program: 'value', from: 'silver', to: 'bronze' }],
      renewals: [],
    },
  ]);
});

test('a standing is explained by what holds it and by what is missing for the next tier', async () => {
  const [folded] = await foldLog(history('2024-01-15'));
  const { customer, policy } = readCustomer('amy', folded!.customers.get('amy')!, folded!.state);
  const condition = { measure: 'spend30', operator: '>=', threshold: '100.00' };
  expect(explainStandings(customer, policy!)).toMatchObject([
    {
      tier: 'gold',
      since: '2024-01-15',
      present: { holds: true, conditions: [{ ...condition, value: '110.00', met: true, distance: '10.00' }] },
      next: null,
    },
  ]);
  advanceTo(customer, policy!, parseDay('2024-02-10')!);
  expect(explainStandings(customer, policy!)).toMatchObject([
    {
      tier: 'silver',
      since: '2024-02-09',
      present: { holds: true, conditions: [{ measure: 'idle', value: '26', distance: '14' }] },
      next: { holds: false, conditions: [{ ...condition, value: '50.00', met: false, distance: '50.00' }] },
    },
  ]);
});
