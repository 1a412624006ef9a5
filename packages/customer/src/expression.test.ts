import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileExpression, type ExpressionType, type ExpressionValue } from './expression.ts';
import { rationalOf, scaledTo } from './rational.ts';

const known: Record<string, [ExpressionType, ExpressionValue]> = {
  spend: ['number', rationalOf(12_050n, 100n)],
  orders: ['number', rationalOf(4n)],
  none: ['number', rationalOf(0n)],
  region: ['text', 'north'],
  partner: ['flag', true],
};
const typeOf = (name: string): ExpressionType | null => known[name]?.[0] ?? null;

function resultOf(text: string): string | number | boolean | null {
  const result = compileExpression(text, typeOf);
  if (!result.ok) throw new Error(result.problem?.message);
  const value = result.expression.evaluate(result.expression.reads.map(name => known[name]![1]));
  return typeof value === 'object' && value !== null ? scaledTo(value, 4)! / 10_000 : value;
}

describe('an expression', () => {
  it.each([
    ['0.1 + 0.2 == 0.3', true],
    ['1 / 4', 0.25],
    ['spend / orders', 30.125],
    ['spend - orders * 2', 112.5],
    ['-spend + -(-1)', -119.5],
    ['2 * (3 + 4) / 7', 2],
    ['1 / 3 * 3 == 1', true],
    ['min(spend, orders, 100) < 4.0001', true],
    ['max(spend, orders, 100)', 120.5],
    ['region == "north" ? 1 : 2', 1],
    ["region in ['south', 'north']", true],
    ['orders in [1, 2]', false],
    ['orders in [1, 4.0]', true],
    ['region + "-" + region', 'north-north'],
    ['region.startsWith("no") && !partner', false],
    ['partner != false || none > 0', true],
    ['spend >= 120.5 && spend <= 120.50 && spend > 120.49', true],
    ['none == 0 ? 0 : spend / none', 0],
    ['99999999999999999999 - 99999999999999999998', 1],
  ])('%s', (text, expected) => {
    expect(resultOf(text)).toBe(expected);
  });

  it.each([
    'spend / none',
    'spend / none == 1',
    '-(1 / none)',
    'min(1, 1 / none)',
    '1 / none in [2]',
    '2 in [1 / none]',
  ])('%s has no result', text => {
    expect(resultOf(text)).toBe(null);
  });

  it.each([
    ['1 / none > 0 || partner', true],
    ['partner || 1 / none > 0', true],
    ['1 / none > 0 && !partner', false],
    ['1 / none > 0 && partner', null],
    ['4 in [1 / none, orders]', true],
  ])('%s: where one side decides, the other need not', (text, expected) => {
    expect(resultOf(text)).toBe(expected);
  });
});

describe('a wrong expression tells the place, what is wrong and what to write', () => {
  it.each([
    ['spend +', 8, 'Unexpected token: EOF'],
    ['spend = 1', 7, 'Unexpected character: ='],
    ['größe > 1', 3, 'Unexpected character: ö'],
    ['spend + region', 9, 'There is text'],
    ['!spend', 2, 'There is a number'],
    ['partner + 1', 1, 'There is true or false'],
    ['spend ? 1 : 2', 1, 'There is a number'],
    ['partner ? 1 : "a"', 15, 'There is text'],
    ['region < "south"', 1, 'There is text'],
    ['spend == region', 10, 'There is text'],
    ['size(region)', 1, 'There is no function size'],
    ['region.endsWith("h")', 1, 'There is no function endsWith'],
    ['region.startsWith("a", "b")', 1, 'startsWith looks for one text'],
    ['min(spend)', 1, 'min has nothing to choose from'],
    ['spend % 2', 1, 'This is not part of an expression'],
    ['[1, 2]', 1, 'This is not part of an expression'],
    ['spend in 5', 10, 'There is no list of values'],
    ['spend in []', 10, 'There is no list of values'],
    ['spend.cents', 1, 'This is not part of an expression'],
    ['1e3', 1, 'This is no plain number'],
    ['0x10', 1, 'This is no plain number'],
    ['5u', 1, 'This is no plain number'],
    ['null', 1, 'This is no plain number'],
    ['b"x"', 1, 'This is no plain number'],
    ['timestamp("2026-01-01T00:00:00Z")', 1, 'There is no function timestamp'],
    ['[1, 2].exists(x, x > 1)', 1, 'There is no function exists'],
    ['', 1, 'Unexpected token: EOF'],
  ])('%s', (text, character, what) => {
    const result = compileExpression(text, typeOf);
    if (result.ok) throw new Error('It was taken.');
    expect(result.problem).toMatchObject({ code: 'badExpression' });
    expect(result.problem?.message).toContain(what);
    expect(result.problem?.message).toContain(` at character ${character} of the expression.`);
    expect(result.problem?.remedy).not.toBe('');
  });

  it('that would take too long is refused', () => {
    const sums = Array.from({ length: 150 }, () => '1').join('+');
    expect(compileExpression(sums, typeOf)).toMatchObject({ ok: false, problem: { code: 'tooMany' } });
    expect(compileExpression('-'.repeat(1001), typeOf)).toMatchObject({ ok: false, problem: { code: 'tooMany' } });
  });

  it('is never an exception', () => {
    const pieces = [
      'spend',
      'region',
      'partner',
      '1',
      '0.5',
      '"a"',
      '(',
      ')',
      '[',
      ']',
      ',',
      '+',
      '-',
      '/',
      '!',
      '?',
      ':',
    ];
    const more = [
      '&&',
      '||',
      '==',
      '<',
      'in',
      '.',
      'min',
      'has',
      'exists',
      'x',
      '{',
      '}',
      "'",
      '\\',
      'b"',
      'cel',
      'bind',
    ];
    const soup = fc.array(fc.constantFrom(...pieces, ...more), { maxLength: 30 }).map(list => list.join(' '));
    fc.assert(
      fc.property(fc.oneof(soup, fc.string({ maxLength: 40 })), text => {
        const result = compileExpression(text, typeOf);
        if (!result.ok) return;
        result.expression.evaluate(result.expression.reads.map(name => known[name]![1]));
      }),
      { numRuns: 3000 },
    );
  });
});
