import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { readLiteral, splitComparison, splitCondition } from './condition-text.ts';

describe('splitCondition', () => {
  test.each([
    ['spend365 >= 5000.00', 'spend365', '>=', '5000.00'],
    ['  spend365>=5000.00 ', 'spend365', '>=', '5000.00'],
    ['最近天数 <= 30', '最近天数', '<=', '30'],
    ['net-spend_1 != -2', 'net-spend_1', '!=', '-2'],
    ['rfm.r < 3', 'rfm.r', '<', '3'],
    ['region in ["north", "east"]', 'region', 'in', '["north", "east"]'],
    ['region in["north"]', 'region', 'in', '["north"]'],
    ['needs contains "price"', 'needs', 'contains', '"price"'],
    ['region == "a >= b"', 'region', '==', '"a >= b"'],
    ['inside == true', 'inside', '==', 'true'],
  ])('%s', (text, name, operator, value) => {
    expect(splitCondition(text)).toEqual({ name, operator, value });
  });

  test.each([
    '',
    'spend',
    'spend >=',
    '>= 5',
    '5 >= spend',
    'spend > = 5',
    'spend => 5',
    'spend = 5',
    'spend is 5',
    'spendin [5]',
    'region inside ["north"]',
    'a b > 5',
  ])('refuses %j', text => {
    expect(splitCondition(text)).toBeNull();
  });

  // In quadratic time this would take minutes.
  it('reads a text of any length', { timeout: 3000 }, () => {
    for (const unit of [' ', 'a', 'a.', '"', '\\"', '[', '1,', 'in ', '> ', '=']) {
      const text = unit.repeat(500_000);
      for (const whole of [text, `spend >= ${text}`, `spend ${text}`, `${text}x > 1`]) {
        const split = splitCondition(whole);
        if (split) readLiteral(split.value);
        splitComparison(whole);
      }
    }
  });
});

describe('readLiteral', () => {
  test.each([
    ['12.50', { kind: 'number', text: '12.50' }],
    ['-3', { kind: 'number', text: '-3' }],
    ['true', { kind: 'flag', value: true }],
    ['"north"', { kind: 'text', value: 'north' }],
    ["'it''s'", { kind: 'unknown' }],
    ['"a \\"b\\" \\\\"', { kind: 'text', value: 'a "b" \\' }],
    ['""', { kind: 'text', value: '' }],
    ['north', { kind: 'unknown' }],
    ['"north', { kind: 'unknown' }],
    ['1 2', { kind: 'unknown' }],
    ['[]', { kind: 'unknown' }],
    ['[1,]', { kind: 'unknown' }],
    ['[1', { kind: 'unknown' }],
    ['[1] 2', { kind: 'unknown' }],
    ['[[1]]', { kind: 'unknown' }],
    [
      '[ \'a\', "b" ,1 ]',
      {
        kind: 'list',
        items: [
          { kind: 'text', value: 'a' },
          { kind: 'text', value: 'b' },
          { kind: 'number', text: '1' },
        ],
      },
    ],
  ])('%s', (text, literal) => {
    expect(readLiteral(text)).toEqual(literal);
  });

  it('reads back every text that is put in quotes', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 4 }), texts => {
        const quoted = texts.map(text => `"${text.replace(/["\\]/g, '\\$&')}"`);
        expect(readLiteral(quoted[0]!)).toEqual({ kind: 'text', value: texts[0] });
        expect(readLiteral(`[${quoted.join(', ')}]`)).toEqual({
          kind: 'list',
          items: texts.map(value => ({ kind: 'text', value })),
        });
      }),
    );
  });
});
