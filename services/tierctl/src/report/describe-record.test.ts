import type { TierChanged } from '@tierflow/customer/changes';
import { compilePolicy } from '@tierflow/customer/compile-policy';
import { describe, expect, it, test } from 'vitest';
import { describePlaybook, describeRecord } from './describe-record.ts';
import { approachingUnderTest, changedUnderTest, expiringUnderTest, renewedUnderTest } from './records-under-test.ts';
import { words } from './words.ts';

const when = (spend: string, orders: number) => ({ all: [`spend365 >= ${spend}`, `orders >= ${orders}`] });
const compiled = compilePolicy(
  {
    policy: 'retail-ladder',
    version: 3,
    measures: {
      spend365: {
        op: 'sum',
        of: 'netSpend',
        window: 'P365D',
        title: { en: 'net spend in a year', zh: '近365天净消费' },
      },
      orders: { op: 'count', of: 'purchase', window: 'P365D', title: { en: 'orders', zh: '订单数' } },
    },
    programs: {
      value: {
        kind: 'ladder',
        title: { en: 'Value', zh: '价值等级' },
        tiers: [
          { tier: 'gold', title: { en: 'Gold', zh: '黄金' }, when: when('1000.00', 10) },
          { tier: 'silver', title: { en: 'Silver', zh: '白银' }, when: when('500.00', 2) },
          { tier: 'bronze', title: { en: 'Bronze', zh: '青铜' } },
        ],
      },
    },
  },
  { baseCurrencyDigits: 2, horizonDays: 800, kindIndex: () => 0, topicAt: String },
);
if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
const { policy } = compiled;

describe('in English', () => {
  it('a change says what, why, and what follows from it', () => {
    expect(describeRecord(changedUnderTest, words.en, policy)).toEqual([
      '2026-11-24  Value: Gold → Bronze  because of time',
      'Gold is no longer reached',
      'passing Silver',
      'valid through 2027-11-23',
      'incomplete: a number that decides is missing',
      'left the windows: the facts of 2025-11-24 (P365D)',
      'missing for Silver: net spend in a year 430.00',
      'missing to keep it on 2027-11-24: orders 2',
    ]);
  });

  it('a playbook has a line for each team with something to do', () => {
    expect(describePlaybook(changedUnderTest.playbook, words.en)).toEqual([
      'marketing: Send the spring catalogue',
      'service: Call once',
    ]);
    expect(describePlaybook(null, words.en)).toEqual([]);
  });

  it.each([
    ['a renewal', renewedUnderTest, ['2026-11-24  Value: Gold is renewed through 2027-12-31']],
    [
      'a loss ahead',
      expiringUnderTest,
      [
        '2026-11-24  Value: Gold expires on 2026-12-24, then Silver, unless what is missing comes in: net spend in a year 430.00',
        'kept by grace alone',
      ],
    ],
    [
      'a tier that is near',
      approachingUnderTest,
      ['2026-11-24  Value: Gold is near; missing: net spend in a year 43.00, orders 1'],
    ],
  ])('%s', (_, record, lines) => {
    expect(describeRecord(record, words.en, policy)).toEqual(lines);
  });
});

describe('in Chinese', () => {
  it.each([
    [
      'a change',
      changedUnderTest,
      [
        '2026-11-24  价值等级: 黄金 → 青铜  原因： 时间推移',
        '不再达到“黄金”',
        '越过 白银',
        '有效期至 2027-11-23',
        '数据不完整：缺少参与判定的数值',
        '移出窗口：2025-11-24 (P365D) 的数据',
        '距白银尚差：近365天净消费 430.00',
        '截至 2027-11-24 保级尚差：订单数 2',
      ],
    ],
    ['a renewal', renewedUnderTest, ['2026-11-24  价值等级: 黄金已续期至 2027-12-31']],
    [
      'a loss ahead',
      expiringUnderTest,
      [
        '2026-11-24  价值等级: 黄金将于 2026-12-24 到期，随后为白银；补足以下差额即可保留：近365天净消费 430.00',
        '目前仅凭宽限期保留',
      ],
    ],
    [
      'a tier that is near',
      approachingUnderTest,
      ['2026-11-24  价值等级: 接近黄金，尚差：近365天净消费 43.00、订单数 1'],
    ],
  ])('%s', (_, record, lines) => {
    expect(describeRecord(record, words.zh, policy)).toEqual(lines);
  });
});

test('where a policy has no Chinese, its English is shown', () => {
  expect(describePlaybook(changedUnderTest.playbook, words.zh)).toEqual(['营销: 寄送春季目录', '服务: Call once']);
});

test('without a policy names are told, and of release 0.1.0 no reason, which it did not give', () => {
  const old: TierChanged = {
    ...changedUnderTest,
    reason: { code: 'notRecorded', en: '', zh: '' },
    ...{ passed: [], validUntilDay: null, incomplete: false, agedOut: [], playbook: null },
    progress: { next: null, retain: null },
  };
  expect(describeRecord(old, words.en)).toEqual(['2026-11-24  value: gold → bronze  because of time']);
});
