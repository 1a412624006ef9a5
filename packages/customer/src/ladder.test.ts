import { describe, expect, test } from 'vitest';
import { policyOf } from './customer-under-test.ts';
import { parseDay } from './epoch-day.ts';
import { Life } from './life-under-test.ts';
import type { Policy } from './policy.ts';
import type { MeasureDocument, ProgramDocument } from './policy-document.ts';

const measures: Record<string, MeasureDocument> = {
  spend30: { op: 'sum', of: 'netSpend', window: 'P30D' },
  thisYear: { op: 'sum', of: 'netSpend', window: 'calendarYear' },
};
const tiersOver = (measure: string): ProgramDocument['tiers'] => [
  { tier: 'platinum', when: { all: [`${measure} >= 500.00`] } },
  { tier: 'gold', when: { all: [`${measure} >= 200.00`] } },
  { tier: 'silver', when: { all: [`${measure} >= 100.00`] } },
  { tier: 'basic' },
];
const ladder = (movement: Partial<ProgramDocument>, over = 'spend30'): Policy =>
  policyOf({ [over]: measures[over]! }, { value: { kind: 'ladder', tiers: tiersOver(over), ...movement } });

describe('a ladder that demotes now', () => {
  test('lets go on the day on which the window does, without guards', () => {
    const life = new Life(ladder({}), 100).buys(100, 250_00).waits(200);
    expect(life.told).toEqual(['gold@100 reached', 'basic@130 missed']);
  });

  test('keeps a tier for its grace, and for good if it is made up for in time', () => {
    const policy = ladder({ graceDays: 10 });
    expect(new Life(policy, 100).buys(100, 250_00).waits(200).told).toEqual([
      'gold@100 reached',
      'basic@140 graceEnded',
    ]);
    expect(new Life(policy, 100).buys(100, 250_00).buys(139, 250_00).waits(168).told).toEqual(['gold@100 reached']);
  });

  test('waits for the tenure and for the confirmations, whichever is longer', () => {
    const policy = ladder({ minTenureDays: 40, confirmDays: 5 });
    expect(new Life(policy, 100).buys(100, 250_00).waits(200).told.at(-1)).toBe('basic@140 missed');
    expect(new Life(policy, 100).buys(100, 250_00).buys(108, 220_00).waits(200).told.at(-1)).toBe('basic@142 missed');
  });

  test('falls one level at a time', () => {
    const life = new Life(ladder({ depth: 'oneLevel', minTenureDays: 7 }), 100).buys(100, 600_00).waits(200);
    expect(life.told).toEqual(['platinum@100 reached', 'gold@130 missed', 'silver@137 missed', 'basic@144 missed']);
  });

  test('keeps a tier within the hysteresis, and falls to what fits', () => {
    const policy = ladder({ hysteresisPercent: 10 });
    const life = new Life(policy, 100).buys(100, 30_00).buys(110, 185_00).waits(139);
    expect(life.told).toEqual(['basic@100 reached', 'gold@110 reached']);
    expect(life.waits(140).told.at(-1)).toBe('basic@140 missed');
  });
});

describe('a ladder that demotes at expiry', () => {
  const policy = ladder({ demote: 'atExpiry', validity: 'P60D' });

  test('keeps a tier until its last valid day is over', () => {
    expect(new Life(policy, 100).buys(100, 250_00).waits(300).told).toEqual(['gold@100 reached', 'basic@160 expired']);
  });

  test('renews who reached it by the end of that day', () => {
    const life = new Life(policy, 100).buys(100, 250_00).buys(131, 210_00).waits(400);
    expect(life.told).toEqual(['gold@100 reached', 'renewed gold@160 until 220', 'basic@220 expired']);
  });

  test('begins anew with a promotion', () => {
    const life = new Life(policy, 100).buys(100, 250_00).buys(120, 300_00).waits(400);
    expect(life.told).toEqual(['gold@100 reached', 'platinum@120 reached', 'basic@180 expired']);
  });

  test('softens the landing', () => {
    const soft = ladder({ demote: 'atExpiry', validity: 'P60D', depth: 'oneLevel', graceDays: 5 });
    expect(new Life(soft, 100).buys(100, 600_00).waits(400).told).toEqual([
      'platinum@100 reached',
      'gold@165 graceEnded',
      'silver@230 graceEnded',
      'basic@295 graceEnded',
    ]);
  });
});

describe('a refund', () => {
  const guards = { demote: 'atExpiry', validity: 'P60D' } as const;

  test('takes a tier back that would not have been reached without it', () => {
    const life = new Life(ladder(guards), 100).buys(100, 250_00, 'o').givesBack(105, 100_00, 'o');
    expect(life.told).toEqual(['gold@100 reached', 'silver@105 unearned']);
  });

  test('leaves a tier that was earned on some day since', () => {
    const life = new Life(ladder(guards), 100).buys(100, 250_00, 'o').buys(110, 90_00, 'p').buys(115, 90_00, 'q');
    // Without the refund's 100.00 there were 150 + 90 + 90 on day 115.
    expect(life.waits(140).givesBack(141, 100_00, 'o').told).toEqual(['gold@100 reached']);
  });

  test('takes it back at once, or not at all, where the policy says so', () => {
    const bought = (refunds: 'immediate' | 'atExpiry') =>
      new Life(ladder({ ...guards, refunds }), 100)
        .buys(100, 250_00, 'o')
        .buys(110, 90_00, 'p')
        .waits(135)
        .givesBack(136, 10_00, 'p');
    expect(bought('immediate').told).toEqual(['gold@100 reached', 'basic@136 unearned']);
    expect(bought('atExpiry').told).toEqual(['gold@100 reached']);
  });
});

describe('warnings', () => {
  test('come thirty, seven and one day before a silent customer is demoted', () => {
    const policy = ladder({ warnings: { expiringDays: [30, 7, 1] } });
    expect(new Life(policy, 100).buys(100, 250_00).buys(110, 30_00).waits(300).told).toEqual([
      'gold@100 reached',
      'expiring gold@100 on 130 (30)',
      'expiring gold@123 on 130 (7)',
      'expiring gold@129 on 130 (1)',
      'basic@130 missed',
    ]);
  });

  test('are about guards as well', () => {
    const policy = ladder({ demote: 'atExpiry', validity: 'P60D', graceDays: 5, warnings: { expiringDays: [7] } });
    expect(new Life(policy, 100).buys(100, 250_00).waits(300).told).toEqual([
      'gold@100 reached',
      'expiring gold@158 on 165 (7)',
      'basic@165 graceEnded',
    ]);
  });

  test('tell of a tier ahead once in a while', () => {
    const policy = ladder({ warnings: { approaching: { withinPercent: 10, coolDownDays: 7 } } });
    const life = new Life(policy, 100).buys(100, 191_00).buys(101, 20_00).givesBack(102, 21_00).givesBack(103, 30_00);
    expect(life.told.filter(said => said.startsWith('approaching'))).toEqual(['approaching gold@100 9.00']);
    life.buys(110, 31_00);
    expect(life.told.at(-1)).toBe('approaching gold@110 9.00');
  });
});

test('a calendar year is reviewed by its last day and valid to the end of the next one', () => {
  const day = (text: string) => parseDay(text)!;
  const policy = ladder({ demote: 'atExpiry', validity: 'calendarYear' }, 'thisYear');
  const life = new Life(policy, day('2024-03-01')).buys(day('2024-03-01'), 250_00).buys(day('2025-12-31'), 120_00);
  expect(life.waits(day('2027-06-01')).told).toEqual([
    `gold@${day('2024-03-01')} reached`,
    `silver@${day('2026-01-01')} expired`,
    `basic@${day('2027-01-01')} expired`,
  ]);
});
