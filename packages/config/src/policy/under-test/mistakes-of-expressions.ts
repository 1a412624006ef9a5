/** What goes wrong with expressions. */
import type { Mistake } from './mistake.ts';

const basket = (expression: string, says: string): Mistake => [
  `the expression ${expression.slice(0, 40)}`,
  'expression: spend365 / orders365',
  `expression: '${expression}'`,
  says,
  'basket:',
];

export const ofExpressions: readonly Mistake[] = [
  basket('spend356 / orders365', 'Did you mean spend365?'),
  basket('spend365 /', 'at character'),
  basket('spend365 / orders365)', 'at character'),
  basket('lastOrder', 'an expression cannot read it'),
  basket('spend365 / silence', 'an expression cannot read it'),
  basket('needs', 'an expression cannot read'),
  basket('basket + 1', 'cannot read itself'),
  basket('spend365 > 500', 'gives a flag, not a number'),
  basket('region', 'gives a text, not a number'),
  basket('"a" + 1', 'There must be text'),
  basket('isPartner ? "a" : 1', 'There must be text'),
  basket('spend365 == "a"', 'There must be a number'),
  basket('!spend365', 'There must be true or false'),
  basket('timestamp("2026-01-01")', 'no function timestamp'),
  basket('[spend365].map(x, x)', 'no function map'),
  basket(`1${'+ 1'.repeat(300)}`, '200 at most'),
  basket('9'.repeat(2000), '1000 at most'),
  ['an empty expression', 'expression: spend365 / orders365', 'expression: ""', 'expression', 'basket:'],
  ['an expression without a unit', ', unit: money }', ' }', 'unit is missing', 'basket:'],
  ['an expression of an unknown unit', 'unit: money', 'unit: euro', 'Use one of money', 'basket:'],
  ['an expression over a window', 'unit: money', 'unit: money, window: P30D', 'no field window', 'basket:'],
  ['an expression with digits of money', 'unit: money', 'unit: money, digits: 3', 'Leave digits out', 'basket:'],
];
