import type { Rollout } from '@tierflow/processor/rollout';
import { describe, expect, test } from 'vitest';
import { languages } from '../language.ts';
import type { Refusal } from './directive.ts';
import { describeMode, describeRefusal, describeRollout } from './rollout-words.ts';

const rollout: Rollout = {
  type: 'RolloutDirected',
  ...{ directiveId: 'one', actor: 'ann', reason: 'spring', rolloutSeq: 2, action: 'activate', policyId: 'shop' },
  ...{ policyVersion: 2, fromVersion: 1, mode: 'immediate', slices: 16, keepUntilDay: null },
  ...{ isSealed: false, takesBack: null },
};

test('a roll-out is told with its size, who directed it and why', () => {
  expect(describeRollout(rollout, 64, 'en')).toBe(
    'roll-out 2: version 2 in 16/64 slices of each partition, by ann (spring)',
  );
  expect(describeRollout({ ...rollout, isSealed: true, reason: '' }, 64, 'zh')).toBe(
    '第 2 次发布：版本 2，覆盖分片 16/64，由 ann 发起，已封存',
  );
  const back: Rollout = {
    ...rollout,
    action: 'rollback',
    rolloutSeq: 3,
    policyVersion: 1,
    fromVersion: 2,
    takesBack: 2,
  };
  expect(describeRollout(back, 64, 'en')).toBe('roll-out 3: version 2 is rolled back to version 1, by ann (spring)');
});

test('the day up to which tiers are kept is told with the mode', () => {
  expect(describeMode('grandfather', 20_000, 'en')).toBe(
    'grandfather (nobody falls because of it, through 2024-10-04)',
  );
  expect(describeMode('lazy', null, 'zh')).toContain('lazy（');
});

const refusals: readonly (readonly [Refusal, said: string, remedy: string])[] = [
  [{ code: 'unknownVersion', version: 9, known: [1, 2] }, '9', 'tierctl policy publish FILE'],
  [{ code: 'underWay', rollout }, 'ann', 'tierctl policy rollback'],
  [{ code: 'otherMode', rollout, mode: 'lazy' }, 'lazy', '--mode'],
  [{ code: 'fewerSlices', rollout, slices: 8 }, '8', 'tierctl policy rollback'],
  [{ code: 'rollingBack', rollout, following: 3 }, 'ann', 'tierctl policy status --watch'],
  [{ code: 'keptPast', keepUntilDay: 20_000, logDay: 20_001 }, '2024-10-04', ''],
  [{ code: 'noDayYet' }, '', '--keep-until'],
  [{ code: 'nothingUnderWay', action: 'rollback', rollout: null }, '', 'tierctl policy status'],
  [
    { code: 'nothingUnderWay', action: 'rollback', rollout: { ...rollout, isSealed: true } },
    'ann',
    'tierctl policy activate 1',
  ],
  [{ code: 'nothingUnderWay', action: 'seal', rollout: null }, '', 'tierctl policy status'],
  [{ code: 'nothingBefore', rollout: { ...rollout, fromVersion: 0 } }, 'ann', ''],
  [{ code: 'notAllFollow', rollout, following: 64, slices: 256 }, '64', 'tierctl policy activate 2'],
  [
    { code: 'notAllFollow', rollout: { ...rollout, slices: 64 }, following: 64, slices: 256 },
    '64',
    'tierctl policy status --watch',
  ],
];

describe.each(languages)('refusals in %s', language => {
  test.each(refusals)('%s', (refusal, said, remedy) => {
    const found = describeRefusal(refusal, 64, language);
    expect(found.what).toContain(said);
    expect(found.remedy).toContain(remedy);
    const text = `${found.what} ${found.remedy}`;
    expect(text).not.toMatch(/undefined|null|NaN/);
    expect(/\p{Script=Han}/u.test(text)).toBe(language === 'zh');
  });
});
