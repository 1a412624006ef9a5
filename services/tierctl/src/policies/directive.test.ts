import { noDay } from '@tierflow/customer/customer';
import type { PolicyPublished } from '@tierflow/customer/events';
import { directed, type Rollout } from '@tierflow/processor/rollout';
import { array, assert, constantFrom, integer, option, property, record } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Activation, directive, type RolloutView, type Wish } from './directive.ts';

const signature = { directiveId: 'one', actor: 'ann', reason: '' };
const logDay = 20_000;

function published(version: number): PolicyPublished {
  return { type: 'PolicyPublished', policyId: 'shop', version, hash: `sha256:${version}`, document: '{}' };
}

/** Slices by what they follow, `version.rolloutSeq`. */
function view(slices: readonly string[], rollout: Rollout | null = null, day = logDay): RolloutView {
  const follows = slices.map(text => {
    const [version, rolloutSeq] = text.split('.').map(Number);
    return { version: version!, rolloutSeq: rolloutSeq!, calibration: 0, indexed: 0 };
  });
  return { logDay: day, slices: follows, rollout, versions: () => [1, 2, 3].map(published) };
}

function activation(wish: Partial<Activation> = {}): Activation {
  return { ...signature, action: 'activate', version: 2, slices: null, mode: null, keepUntilDay: null, ...wish };
}

const underWay: Rollout = {
  type: 'RolloutDirected',
  ...{ directiveId: 'other', actor: 'ben', reason: 'spring', rolloutSeq: 2, action: 'activate', policyId: 'shop' },
  ...{ policyVersion: 2, fromVersion: 1, mode: 'immediate', slices: 2, keepUntilDay: null },
  ...{ isSealed: false, takesBack: null },
};
const opened = ['1.1', '1.1', '1.1', '1.1'];

describe('activate', () => {
  test('begins a roll-out of all slices where nobody says how many', () => {
    const found = directive(activation(), [view(opened), view(opened)]);
    expect(found).toMatchObject({
      outcome: 'write',
      record: { rolloutSeq: 2, policyVersion: 2, fromVersion: 1, slices: 4, mode: 'immediate', keepUntilDay: null },
    });
  });

  test('goes on with more slices in the mode that the roll-out has', () => {
    const lazy: Rollout = { ...underWay, mode: 'lazy' };
    const state = view(['2.2', '2.2', '1.1', '1.1'], lazy);
    expect(directive(activation({ slices: 3 }), [state])).toMatchObject({
      outcome: 'write',
      record: { directiveId: 'one', actor: 'ann', rolloutSeq: 2, slices: 3, mode: 'lazy' },
    });
    expect(directive(activation({ slices: 2 }), [state])).toEqual({ outcome: 'unchanged', rollout: lazy });
    expect(directive(activation({ slices: 1 }), [state])).toMatchObject({ refusal: { code: 'fewerSlices' } });
    expect(directive(activation({ mode: 'immediate' }), [state])).toMatchObject({ refusal: { code: 'otherMode' } });
  });

  test('another version waits for the end of the roll-out under way', () => {
    const found = directive(activation({ version: 3 }), [view(opened, underWay)]);
    expect(found).toEqual({ outcome: 'refused', refusal: { code: 'underWay', rollout: underWay } });
  });

  test('after a roll-out that is over, the next one begins from its version', () => {
    const all = ['2.2', '2.2', '2.2', '2.2'];
    const sealed: Rollout = { ...underWay, slices: 4, isSealed: true };
    expect(directive(activation({ version: 3 }), [view(all, sealed)])).toMatchObject({
      record: { rolloutSeq: 3, fromVersion: 2 },
    });
    expect(directive(activation({ version: 2 }), [view(all, sealed)])).toMatchObject({ outcome: 'unchanged' });
    expect(directive(activation({ version: 1 }), [view(all, sealed)])).toMatchObject({
      record: { policyVersion: 1, fromVersion: 2 },
    });
  });

  test('a rollback is waited for, else some slices would be left behind', () => {
    const rollback: Rollout = {
      ...underWay,
      ...{ action: 'rollback', rolloutSeq: 3, policyVersion: 1, fromVersion: 2, takesBack: 2 },
    };
    const half = view(['1.3', '2.2', '1.1', '1.1'], rollback);
    expect(directive(activation({ version: 3 }), [half])).toMatchObject({
      refusal: { code: 'rollingBack', following: 1 },
    });
    const done = view(['1.3', '1.3', '1.1', '1.1'], rollback);
    expect(directive(activation({ version: 3 }), [done])).toMatchObject({ record: { rolloutSeq: 4, fromVersion: 1 } });
    expect(directive(activation({ version: 3 }), [done, half])).toMatchObject({ refusal: { code: 'rollingBack' } });
  });

  test('grandfathered tiers are kept for a year, or as long as is said, but not into the past', () => {
    const grandfather = activation({ mode: 'grandfather' });
    expect(directive(grandfather, [view(opened)])).toMatchObject({ record: { keepUntilDay: logDay + 365 } });
    const until = { ...grandfather, keepUntilDay: logDay + 30 };
    expect(directive(until, [view(opened)])).toMatchObject({ record: { keepUntilDay: logDay + 30 } });
    expect(directive({ ...until, keepUntilDay: logDay }, [view(opened)])).toMatchObject({
      refusal: { code: 'keptPast' },
    });
    expect(directive(grandfather, [view(opened, null, noDay)])).toMatchObject({ refusal: { code: 'noDayYet' } });
    const under: Rollout = { ...underWay, mode: 'grandfather', keepUntilDay: logDay + 99 };
    expect(directive(activation(), [view(opened, under)])).toMatchObject({ record: { keepUntilDay: logDay + 99 } });
  });

  test('a version that nobody published is refused with those that are known', () => {
    expect(directive(activation({ version: 9 }), [view(opened)])).toEqual({
      outcome: 'refused',
      refusal: { code: 'unknownVersion', version: 9, known: [1, 2, 3] },
    });
  });
});

describe('rollback and seal', () => {
  const rollback: Wish = { ...signature, action: 'rollback' };
  const seal: Wish = { ...signature, action: 'seal' };

  test('a rollback takes back what is under way, in as many slices', () => {
    expect(directive(rollback, [view(['2.2', '1.1', '1.1', '1.1'], underWay)])).toMatchObject({
      record: { action: 'rollback', rolloutSeq: 3, policyVersion: 1, fromVersion: 2, slices: 2 },
    });
  });

  test('a rollback of what was rolled back changes nothing; of what is sealed it is refused', () => {
    const done: Rollout = { ...underWay, action: 'rollback', takesBack: 1 };
    expect(directive(rollback, [view(opened, done)])).toEqual({ outcome: 'unchanged', rollout: done });
    const sealed: Rollout = { ...underWay, isSealed: true };
    expect(directive(rollback, [view(opened, sealed)])).toMatchObject({ refusal: { code: 'nothingUnderWay' } });
    expect(directive(rollback, [view(opened)])).toMatchObject({ refusal: { code: 'nothingUnderWay', rollout: null } });
    const first: Rollout = { ...underWay, fromVersion: 0 };
    expect(directive(rollback, [view(opened, first)])).toMatchObject({ refusal: { code: 'nothingBefore' } });
  });

  test('a seal waits until every slice of every partition follows', () => {
    const all = view(['2.2', '2.2', '2.2', '2.2'], { ...underWay, slices: 4 });
    const some = view(['2.2', '2.2', '2.2', '1.1'], { ...underWay, slices: 4 });
    expect(directive(seal, [all, all])).toMatchObject({ record: { action: 'seal', rolloutSeq: 2, policyVersion: 2 } });
    expect(directive(seal, [all, some])).toMatchObject({
      refusal: { code: 'notAllFollow', following: 7, slices: 8 },
    });
    const sealed: Rollout = { ...underWay, isSealed: true };
    expect(directive(seal, [view(opened, sealed)])).toEqual({ outcome: 'unchanged', rollout: sealed });
    expect(directive(seal, [view(opened)])).toMatchObject({ refusal: { code: 'nothingUnderWay' } });
  });
});

test('whatever people direct one after the other, and however far it comes each time, the fold takes what is written', () => {
  const wish = record({
    action: constantFrom<Wish['action']>('activate', 'activate', 'rollback', 'seal'),
    version: constantFrom(1, 2, 3),
    slices: option(integer({ min: 1, max: 4 })),
    mode: option(constantFrom('immediate', 'grandfather', 'lazy' as const)),
    keepUntilDay: option(integer({ min: logDay + 1, max: logDay + 9 })),
    swept: integer({ min: 0, max: 4 }),
  });
  const written = new Set<string>();
  assert(
    property(array(wish, { maxLength: 25 }), wishes => {
      let state = view(opened);
      for (const { swept, ...each } of wishes) {
        const found = directive({ ...signature, ...each } as Wish, [state]);
        let { rollout } = state;
        if (found.outcome === 'write') {
          const known = new Set([1, 2, 3]);
          const outcome = directed(found.record, { ...state, knows: version => known.has(version) });
          if (typeof outcome === 'string') throw new Error(outcome);
          rollout = outcome;
          written.add(found.record.action);
        }
        const slices = state.slices.map((slice, s) => {
          if (rollout === null || s >= Math.min(swept, rollout.slices) || slice.rolloutSeq >= rollout.rolloutSeq) {
            return slice;
          }
          return { ...slice, version: rollout.policyVersion, rolloutSeq: rollout.rolloutSeq };
        });
        state = { ...state, slices, rollout };
        // Nobody is ever left behind under a version that was taken back.
        const versions = new Set(slices.map(slice => slice.version));
        expect(versions.size).toBeLessThanOrEqual(2);
      }
    }),
    { numRuns: 300 },
  );
  expect(written).toEqual(new Set(['activate', 'rollback', 'seal']));
});
