import { describe, expect, test } from 'vitest';
import { controlProblemOf } from './event-problem.ts';
import type { RolloutDirected, ThresholdsCalibrated } from './events.ts';

const directed: RolloutDirected = {
  ...{ type: 'RolloutDirected', directiveId: 'd', rolloutSeq: 2, action: 'activate', policyId: 'p', policyVersion: 2 },
  ...{ fromVersion: 1, mode: 'grandfather', slices: 4, keepUntilDay: 20_000, actor: 'ada', reason: 'trial' },
};
const calibrated: ThresholdsCalibrated = {
  ...{ type: 'ThresholdsCalibrated', policyId: 'p', policyVersion: 2, calibration: 1, day: 20_000 },
  programs: [{ program: 'value', size: 900, axes: [{ axis: 'value', cuts: ['12.50'] }] }],
  rankings: [{ ranking: 'spend-0', size: 900, topValues: [1250] }],
};
const long = 'x'.repeat(5_000);

describe('a roll-out', () => {
  test('may keep tiers until a day, or not', () => {
    expect(controlProblemOf(directed)).toBeNull();
    expect(controlProblemOf({ ...directed, keepUntilDay: null })).toBeNull();
  });

  test.each<Partial<RolloutDirected>>([
    { directiveId: long },
    { policyId: long },
    { actor: long },
    { reason: long },
    { keepUntilDay: -1 },
    { keepUntilDay: 2 ** 31 - 1 },
  ])('with %o is refused', change => {
    expect(controlProblemOf({ ...directed, ...change })).not.toBeNull();
  });
});

describe('calibrated cuts', () => {
  const [program] = calibrated.programs;
  const [ranking] = calibrated.rankings;

  test('may be of no program at all', () => {
    expect(controlProblemOf(calibrated)).toBeNull();
    expect(controlProblemOf({ ...calibrated, programs: [], rankings: [] })).toBeNull();
  });

  test.each<Partial<ThresholdsCalibrated>>([
    { policyId: long },
    { day: -1 },
    { day: 2 ** 31 - 1 },
    { programs: [{ ...program!, size: -1 }] },
    { programs: [{ ...program!, axes: [{ axis: 'value', cuts: [long] }] }] },
    { rankings: [{ ...ranking!, size: -1 }] },
    { rankings: [ranking!, ranking!] },
  ])('with %o are refused', change => {
    expect(controlProblemOf({ ...calibrated, ...change })).not.toBeNull();
  });
});
