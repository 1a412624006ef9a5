/** A year on a ladder with validity, grace and warnings: what the fold tells, on the wire and for people. */
import { changeCodec } from '@tierflow/codec/change-codec';
import { InMemoryRegistry } from '@tierflow/codec/in-memory-registry';
import { parseCanonicalLine } from '@tierflow/config/canonical/parse-canonical-line';
import { openLog, parseDeployment } from '@tierflow/config/deployment';
import { parsePolicy } from '@tierflow/config/policy/parse-policy';
import type { TierRecord } from '@tierflow/customer/changes';
import { parseDay } from '@tierflow/customer/epoch-day';
import type { CustomerEvent, PolicyPublished } from '@tierflow/customer/events';
import { expect, test } from 'vitest';
import { foldLog } from '../backtest/fold-log.ts';
import { historicalLog } from '../backtest/historical-log.ts';
import { DayBuckets } from '../business-days.ts';
import { advanceTo, readCustomer } from '../customer-at-day.ts';
import { describeRecord } from '../report/describe-record.ts';
import { type Words, words } from '../report/words.ts';
import { daysAhead } from './days-ahead.ts';
import { describeExplanation } from './describe-explanation.ts';
import { explainStandings } from './standing-explained.ts';

const parsed = parseDeployment({ partitions: 1, slices: 4, baseCurrency: 'GBP' });
if (!parsed.ok) throw new Error('the deployment is wrong');
const genesis = openLog(parsed.deployment, 'backtest', 'backtest');

function published(): PolicyPublished {
  const result = parsePolicy(
    `
policy: ladder
version: 1
measures:
  spend100: { op: sum, of: netSpend, window: P100D, title: { en: spend, zh: 消费 } }
programs:
  value:
    kind: ladder
    demote: atExpiry
    validity: P100D
    graceDays: 10
    warnings: { expiringDays: [30], approaching: { withinPercent: 20 } }
    tiers:
      - tier: gold
        title: { en: Gold, zh: 黄金 }
        when: { all: [spend100 >= 100.00] }
        playbook: { marketing: { en: Invite to the preview, zh: 邀请预览 } }
      - tier: basic
        title: { en: Basic, zh: 基础 }`,
    genesis,
  );
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  const { policyId, version } = result.policy;
  return { type: 'PolicyPublished', policyId, version, hash: result.hash, document: result.json };
}

async function fold(asOf: string) {
  const days = new DayBuckets<CustomerEvent>();
  const purchases = [
    ['p1', '2024-01-01', '90.00'],
    ['p2', '2024-01-02', '20.00'],
    ['p3', '2024-03-01', '100.00'],
  ];
  for (const [eventId, day, amount] of purchases) {
    const fields = { type: 'purchase', eventId, customerId: 'amy', occurredAt: `${day}T09:00:00Z`, amount };
    const context = { zone: 'UTC', baseCurrency: 'GBP', nowMs: null, bootstrap: false, defaultSource: 'shop' };
    const result = parseCanonicalLine(JSON.stringify({ ...fields, currency: 'GBP' }), context);
    if (!result.ok) throw new Error(result.message.en);
    days.add(result.event.businessDay, result.event);
  }
  const [folded] = await foldLog(historicalLog(genesis, published(), days, parseDay(asOf)));
  const { customers, state, emissions } = folded!;
  const read = () => {
    const { customer, policy } = readCustomer('amy', customers.get('amy')!, state);
    advanceTo(customer, policy!, state.logDay);
    return { customer, policy: policy! };
  };
  return { read, records: emissions.map(({ record }): TierRecord => record) };
}

test('what happened, in English and in Chinese', async () => {
  const { read, records } = await fold('2024-08-01');
  const { policy } = read();
  const told = (language: Words) => records.map(record => describeRecord(record, language, policy)[0]);
  const from = (id: string, day: string) => `(record PurchaseRecorded ${id}, shop, ${day}T09:00:00.000Z)`;
  expect(told(words.en)).toEqual([
    `2024-01-01  value: none → Basic  because of purchases and other facts ${from('p1', '2024-01-01')}`,
    '2024-01-01  value: Gold is near; missing: spend 10.00',
    `2024-01-02  value: Basic → Gold  because of purchases and other facts ${from('p2', '2024-01-02')}`,
    '2024-04-11  value: Gold is renewed through 2024-07-19',
    '2024-06-30  value: Gold expires on 2024-07-30, then Basic, unless what is missing comes in: spend 100.00',
    '2024-07-30  value: Gold → Basic  because of time',
  ]);
  expect(told(words.zh).slice(3)).toEqual([
    '2024-04-11  value: 黄金已续期至 2024-07-19',
    '2024-06-30  value: 黄金将于 2024-07-30 到期，随后为基础；补足以下差额即可保留：消费 100.00',
    '2024-07-30  value: 黄金 → 基础  原因： 时间推移',
  ]);
});

test('what the fold tells comes back from the wire as it was', async () => {
  const { records } = await fold('2024-08-01');
  const registry = new InMemoryRegistry();
  const codec = changeCodec(registry, await registry.register());
  for (const record of records) expect(await codec.readTierRecord(codec.encodeTierRecord(record))).toEqual(record);
});

async function explained(asOf: string, language: Words): Promise<string> {
  const { read, records } = await fold(asOf);
  const { customer, policy } = read();
  const explanation = {
    ...{ customerId: 'amy', partition: 0, asOf, policy, overrides: [], profile: {}, ranks: [], cuts: [], measures: {} },
    standings: explainStandings(customer, policy).map(each => ({ ...each, cause: 'facts' })),
    ahead: daysAhead(read().customer, policy, 5),
    changes: records.toReversed(),
  };
  return describeExplanation(explanation, policy, language);
}

test('a standing is told with its end, with what keeps it, with what to do, and with what time alone will do', async () => {
  const en = await explained('2024-01-02', words.en);
  expect(en).toContain('  valid through 2024-04-10\n');
  expect(en).toContain('  what to do:\n    marketing: Invite to the preview');
  expect(en).toContain('  2024-04-21\n    then: value gold → basic');
  const zh = await explained('2024-01-02', words.zh);
  expect(zh).toContain('  有效期至 2024-04-10\n');
  expect(zh).toContain('  应对措施:\n    营销: 邀请预览');
  expect(await explained('2024-03-02', words.en)).toContain('then: value gold is renewed through 2024-07-19');
});

test('whoever is kept by grace is told until when', async () => {
  const en = await explained('2024-07-25', words.en);
  expect(en).toContain('  kept by grace through 2024-07-29\n  missing to keep it on 2024-07-30: spend 100.00\n');
  expect(await explained('2024-07-25', words.zh)).toContain('  宽限期至 2024-07-29\n');
});
