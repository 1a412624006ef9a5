/** Expressions of policies, read and worked out in one go: by precedence, with fractions that are never rounded. */
import type { Fraction } from './naive-customer.ts';

/** null: there is no result. */
export type NaiveResult = Fraction | string | boolean | null;

type Later = () => NaiveResult;

const binding: Readonly<Record<string, number>> = {
  '?': 1,
  '||': 2,
  '&&': 3,
  '==': 4,
  '!=': 4,
  '<': 5,
  '<=': 5,
  '>': 5,
  '>=': 5,
  in: 5,
  '+': 6,
  '-': 6,
  '*': 7,
  '/': 7,
};
const token = /\s*(\d+(?:\.\d+)?|"[^"]*"|[A-Za-z_]\w*|&&|\|\||[=!<>]=|[-+*/<>!?:()[\],.])/y;

export function calculate(text: string, read: (name: string) => NaiveResult): NaiveResult {
  const tokens: string[] = [];
  token.lastIndex = 0;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) tokens.push(match[1]!);
  let at = 0;
  const next = (): string => tokens[at++]!;

  const operand = (): Later => {
    const word = next();
    if (word === '-') {
      const of = operandWithCall();
      return () => minus(of());
    }
    if (word === '!') {
      const of = operandWithCall();
      return () => {
        const value = of();
        return value === null ? null : !value;
      };
    }
    if (word === '(') {
      const inner = expression(0);
      next();
      return inner;
    }
    if (word === 'min' || word === 'max') {
      next();
      const choices = list(')');
      return () => choose(word, choices.map(choice => choice()) as (Fraction | null)[]);
    }
    if (word === 'true' || word === 'false') return () => word === 'true';
    if (word.startsWith('"')) return () => word.slice(1, -1);
    if (/^\d/.test(word)) return () => decimalOf(word);
    return () => read(word);
  };

  const operandWithCall = (): Later => {
    const receiver = operand();
    if (tokens[at] !== '.') return receiver;
    // `.startsWith(` and its one text.
    at += 3;
    const [start] = list(')');
    return () => {
      const [whole, beginning] = [receiver(), start!()];
      return whole === null || beginning === null ? null : String(whole).startsWith(String(beginning));
    };
  };

  const list = (end: string): Later[] => {
    const items: Later[] = [];
    do items.push(expression(0));
    while (next() !== end);
    return items;
  };

  const expression = (least: number): Later => {
    let left = operandWithCall();
    while ((binding[tokens[at]!] ?? 0) > least) {
      const operator = next();
      const a = left;
      if (operator === '?') {
        const yes = expression(0);
        next();
        const no = expression(0);
        left = () => {
          const test = a();
          return test === null ? null : test ? yes() : no();
        };
      } else if (operator === 'in') {
        next();
        const items = list(']');
        left = () =>
          isIn(
            a(),
            items.map(item => item()),
          );
      } else {
        const b = expression(binding[operator]!);
        left = () => apply(operator, a(), b());
      }
    }
    return left;
  };

  return expression(0)();
}

function decimalOf(text: string): Fraction {
  const [whole, decimals = ''] = text.split('.') as [string, string?];
  return { numerator: BigInt(whole + decimals), denominator: 10n ** BigInt(decimals.length) };
}

function minus(value: NaiveResult): NaiveResult {
  if (value === null) return null;
  const { numerator, denominator } = value as Fraction;
  return { numerator: -numerator, denominator };
}

/** Of a − b: its sign. */
function order(a: Fraction, b: Fraction): bigint {
  const difference = a.numerator * b.denominator - b.numerator * a.denominator;
  return a.denominator * b.denominator < 0n ? -difference : difference;
}

function same(a: NaiveResult, b: NaiveResult): boolean {
  return typeof a === 'object' ? order(a as Fraction, b as Fraction) === 0n : a === b;
}

function choose(which: string, values: readonly (Fraction | null)[]): NaiveResult {
  if (values.includes(null)) return null;
  const ascending = [...(values as Fraction[])].sort((a, b) => Number(order(a, b) > 0n) - Number(order(a, b) < 0n));
  return which === 'min' ? ascending[0]! : ascending.at(-1)!;
}

function isIn(value: NaiveResult, items: readonly NaiveResult[]): NaiveResult {
  if (value === null) return null;
  if (items.some(item => item !== null && same(value, item))) return true;
  return items.includes(null) ? null : false;
}

function apply(operator: string, a: NaiveResult, b: NaiveResult): NaiveResult {
  if (operator === '&&') return a === false || b === false ? false : a === null || b === null ? null : true;
  if (operator === '||') return a === true || b === true ? true : a === null || b === null ? null : false;
  if (a === null || b === null) return null;
  if (operator === '==') return same(a, b);
  if (operator === '!=') return !same(a, b);
  if (operator === '+' && typeof a === 'string') return a + String(b);
  const [x, y] = [a as Fraction, b as Fraction];
  switch (operator) {
    case '<':
      return order(x, y) < 0n;
    case '<=':
      return order(x, y) <= 0n;
    case '>':
      return order(x, y) > 0n;
    case '>=':
      return order(x, y) >= 0n;
    case '*':
      return { numerator: x.numerator * y.numerator, denominator: x.denominator * y.denominator };
    case '/':
      return y.numerator === 0n
        ? null
        : { numerator: x.numerator * y.denominator, denominator: x.denominator * y.numerator };
    default: {
      const sign = operator === '+' ? 1n : -1n;
      const numerator = x.numerator * y.denominator + sign * y.numerator * x.denominator;
      return { numerator, denominator: x.denominator * y.denominator };
    }
  }
}
