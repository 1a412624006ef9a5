import { describe, expect, test } from 'vitest';
import { factOf, policyOf } from './customer-under-test.ts';
import { Life } from './life-under-test.ts';

const policy = policyOf(
  {
    quiet: { op: 'since', of: 'purchase' },
    complaints30: { op: 'count', of: 'complaint', window: 'P30D' },
    spend30: { op: 'sum', of: 'netSpend', window: 'P30D' },
  },
  {
    farewell: {
      kind: 'segment',
      by: 'exit',
      exit: { when: { all: ['quiet >= 60'] }, vetoes: ['complaints30 >= 1'], reentry: { all: ['spend30 >= 50.00'] } },
      tiers: [
        { tier: 'active' },
        { tier: 'watch', dwellDays: 30, reviewDays: 14 },
        { tier: 'notice', dwellDays: 20 },
        { tier: 'exited' },
      ],
    },
  },
);
const complaint = (day: number) => factOf('FeedbackReceived', day, { complaint: true });

describe('a customer who falls silent', () => {
  test('goes from stage to stage by their dwell, and stays where they end', () => {
    expect(new Life(policy, 100).buys(100, 20_00).waits(500).told).toEqual([
      'active@100 reached',
      'watch@160 stageEntered',
      'notice@190 stageEntered',
      'exited@210 stageEntered',
    ]);
  });

  test('goes no further while a veto holds', () => {
    const life = new Life(policy, 100).buys(100, 20_00).hears(complaint(150)).waits(500);
    expect(life.told.slice(1)).toEqual([
      'watch@180 stageEntered',
      'notice@210 stageEntered',
      'exited@230 stageEntered',
    ]);
    const held = new Life(policy, 100).buys(100, 20_00).hears(complaint(185)).waits(220);
    expect(held.told.slice(1)).toEqual(['watch@160 stageEntered', 'notice@215 stageEntered']);
  });

  test('comes back only by what the policy asks for', () => {
    const life = new Life(policy, 100).buys(100, 20_00).waits(165).buys(166, 20_00).waits(300);
    // A small purchase ends the silence: nothing goes on until it is as long again.
    expect(life.told.slice(1)).toEqual([
      'watch@160 stageEntered',
      'notice@226 stageEntered',
      'exited@246 stageEntered',
    ]);
    expect(life.buys(301, 60_00).told.at(-1)).toBe('active@301 stageLeft');
  });
});
