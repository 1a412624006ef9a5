import type { PolicyDocument, ProgramDocument } from '@tierflow/customer/policy-document';
import { expect, test } from 'vitest';
import { diffPolicies } from './diff-policies.ts';

const value: ProgramDocument = {
  kind: 'ladder',
  title: { en: 'Value' },
  demote: 'now',
  tiers: [
    { tier: 'gold', when: { all: ['spend >= 1500.00'] }, playbook: { sales: { en: 'Call', zh: '致电' } } },
    { tier: 'silver', when: { all: ['spend >= 300.00'] } },
    { tier: 'bronze' },
  ],
};
const policy: PolicyDocument = {
  policy: 'shop',
  version: 1,
  measures: { spend: { op: 'sum', of: 'netSpend', window: 'P365D' } },
  programs: { value },
};

function withProgram(program: Partial<ProgramDocument>): PolicyDocument {
  return { ...policy, version: 2, programs: { value: { ...value, ...program } } };
}

test('another version of the same text is the same', () => {
  expect(diffPolicies(policy, { ...policy, version: 7 })).toMatchObject({ same: true, fields: [] });
});

test('conditions, guards and playbooks are compared as they read', () => {
  const [gold, ...others] = value.tiers!;
  const changed = withProgram({
    graceDays: 30,
    tiers: [
      {
        ...gold!,
        when: { all: ['spend >= 2000.00', { any: ['orders >= 5', 'orders == 1'] }] },
        playbook: { sales: { en: 'Visit', zh: '致电' } },
      },
      ...others,
    ],
  });
  const { programs, same } = diffPolicies(policy, changed);
  expect(same).toBe(false);
  expect(programs).toEqual({
    added: [],
    removed: [],
    changed: {
      value: {
        fields: [{ field: 'graceDays', before: null, after: '30' }],
        tiers: {
          added: [],
          removed: [],
          changed: {
            gold: [
              { field: 'when', before: 'spend >= 1500.00', after: 'spend >= 2000.00 and (orders >= 5 or orders == 1)' },
              { field: 'playbook.sales.en', before: 'Call', after: 'Visit' },
            ],
          },
        },
      },
    },
  });
});

test('a tier that comes or goes changes no other, and moved tiers change the order', () => {
  const [gold, silver, bronze] = value.tiers!;
  const platinum = { tier: 'platinum', when: { all: ['spend >= 5000.00'] } };
  expect(diffPolicies(policy, withProgram({ tiers: [platinum, gold!, bronze!] })).programs.changed.value).toEqual({
    fields: [],
    tiers: { added: ['platinum'], removed: ['silver'], changed: {} },
  });
  expect(
    diffPolicies(policy, withProgram({ tiers: [silver!, gold!, bronze!] })).programs.changed.value?.fields,
  ).toEqual([{ field: 'order', before: 'gold, silver, bronze', after: 'silver, gold, bronze' }]);
});

test('measures and programs are added, removed and changed by name', () => {
  const after: PolicyDocument = {
    ...policy,
    policy: 'store',
    measures: {
      spend: { op: 'sum', of: 'netSpend', window: 'P180D' },
      orders: { op: 'count', of: 'purchase' },
    },
    programs: { pyramid: { kind: 'ladder', by: 'pyramid', pyramid: { measure: 'spend' } } },
  };
  expect(diffPolicies(policy, after)).toEqual({
    same: false,
    fields: [{ field: 'policy', before: 'shop', after: 'store' }],
    measures: {
      added: ['orders'],
      removed: [],
      changed: { spend: [{ field: 'window', before: 'P365D', after: 'P180D' }] },
    },
    programs: { added: ['pyramid'], removed: ['value'], changed: {} },
  });
});

test('the parts of a scorecard are known by what they measure, their lines by what they say', () => {
  const part = { measure: 'spend', weight: 2, points: [{ when: '>= 1000.00', points: 50 }] };
  const before = withProgram({ by: 'scorecard', scorecard: [{ ...part, measure: 'orders' }, part] });
  const after = withProgram({
    by: 'scorecard',
    scorecard: [{ ...part, weight: 3, points: [...part.points, { when: '>= 5000.00', points: 90 }] }],
  });
  expect(diffPolicies(before, after).programs.changed.value?.fields).toEqual([
    { field: 'scorecard.orders.weight', before: '2', after: null },
    { field: 'scorecard.orders.points', before: '50: >= 1000.00', after: null },
    { field: 'scorecard.spend.weight', before: '2', after: '3' },
    { field: 'scorecard.spend.points', before: '50: >= 1000.00', after: '50: >= 1000.00, 90: >= 5000.00' },
  ]);
});

test('what an axis is cut by is compared axis by axis', () => {
  const axis = { measure: 'spend', cuts: ['1.00', '2.00', '3.00', '4.00'], highFrom: 4 } as const;
  const rfm = { recency: axis, frequency: axis, monetary: axis };
  const before = withProgram({ kind: 'segment', by: 'rfm', rfm });
  const after = withProgram({
    kind: 'segment',
    by: 'rfm',
    rfm: { ...rfm, monetary: { measure: 'spend', mean: '9.00' } },
  });
  expect(diffPolicies(before, after).programs.changed.value?.fields).toEqual([
    { field: 'rfm.monetary.cuts', before: '1.00, 2.00, 3.00, 4.00', after: null },
    { field: 'rfm.monetary.highFrom', before: '4', after: null },
    { field: 'rfm.monetary.mean', before: null, after: '9.00' },
  ]);
});
