import type { Rollout } from '@tierflow/processor/rollout';
import { expect, test } from 'vitest';
import { rolloutStatus } from './rollout-status.ts';

const activation: Rollout = {
  type: 'RolloutDirected',
  ...{ directiveId: 'one', actor: 'ann', reason: '', rolloutSeq: 2, action: 'activate', policyId: 'shop' },
  ...{ policyVersion: 2, fromVersion: 1, mode: 'immediate', slices: 2, keepUntilDay: null },
  ...{ isSealed: false, takesBack: null },
};

function state(rolloutSeqs: readonly number[], rollout: Rollout | null = activation) {
  const slices = rolloutSeqs.map(rolloutSeq => ({ version: rolloutSeq, rolloutSeq, calibration: 0, indexed: 0 }));
  return { rollout, slices };
}

test('no roll-out has no status', () => {
  expect(rolloutStatus([state([1, 1], null)])).toBeNull();
});

test.each([
  ['underWay', activation, [2, 1, 1], true],
  ['partial', activation, [2, 2, 1], true],
  ['complete', { ...activation, slices: 3 }, [2, 2, 2], true],
  ['sealed', { ...activation, slices: 3, isSealed: true }, [2, 2, 2], false],
  ['rollingBack', { ...activation, action: 'rollback', rolloutSeq: 3 }, [3, 2, 1], false],
  ['rolledBack', { ...activation, action: 'rollback', rolloutSeq: 3 }, [3, 3, 1], false],
] as const)('%s', (stage, rollout, seqs, keepsFormerStandings) => {
  expect(rolloutStatus([state(seqs, rollout)])).toMatchObject({ stage, keepsFormerStandings });
});

test('partitions are counted one by one, and the one that has folded furthest says what is wanted', () => {
  const more: Rollout = { ...activation, slices: 3 };
  expect(rolloutStatus([state([2, 2, 1]), state([2, 1, 1], more), state([1, 1, 1], null)])).toMatchObject({
    rollout: more,
    following: [2, 1, 0],
    followingTotal: 3,
    wantedTotal: 9,
    stage: 'underWay',
  });
});
