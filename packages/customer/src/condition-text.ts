/**
 * A condition taken apart: `spend365 >= 5000.00`, `region in ["north", "east"]`. The text may come from a stranger's
 * record in the log and be of any length, so that each part is read in one pass.
 */
import type { Operator } from './policy.ts';

export type Literal =
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'flag'; readonly value: boolean }
  | { readonly kind: 'list'; readonly items: readonly Literal[] }
  | { readonly kind: 'unknown' };

export interface ConditionText {
  readonly name: string;
  readonly operator: Operator;
  /** As written. */
  readonly value: string;
}

const name = String.raw`[\p{L}][\p{L}\p{N}_-]*(?:\.[\p{L}][\p{L}\p{N}_-]*)?`;
const operator = String.raw`>=|<=|==|!=|>|<|(?:in|contains)(?![\p{L}\p{N}_.-])`;
const operatorOnly = new RegExp(String.raw`^(${operator})\s*([^\s=<>!][^]*)$`, 'u');
const nameFirst = new RegExp(String.raw`^(${name})(?:\s+|(?=[=!<>]))([^]+)$`, 'u');
const number = /^-?\d+(?:\.\d+)?$/;
const token = /\s*(?:"((?:[^"\\]|\\["\\])*)"|'((?:[^'\\]|\\['\\])*)'|([^\s,"'[\]]+)|([,[\]]))\s*/y;

export function splitCondition(text: string): ConditionText | null {
  const [, measure, rest] = nameFirst.exec(text.trim()) ?? [];
  const comparison = rest === undefined ? null : splitComparison(rest);
  return comparison === null ? null : { name: measure!, ...comparison };
}

/** Without a measure: `>= 1000.00`. */
export function splitComparison(text: string): Omit<ConditionText, 'name'> | null {
  const [, found, value] = operatorOnly.exec(text.trim()) ?? [];
  return found === undefined ? null : { operator: found as Operator, value: value! };
}

export function readLiteral(text: string): Literal {
  const tokens = tokensOf(text);
  if (tokens === null) return { kind: 'unknown' };
  if (tokens[0] !== '[') return tokens.length === 1 && typeof tokens[0] === 'object' ? tokens[0] : { kind: 'unknown' };
  const items: Literal[] = [];
  // A value and a comma by turns, up to the bracket.
  for (let i = 1; i < tokens.length; i += 2) {
    const [item, separator] = [tokens[i]!, tokens[i + 1]];
    const isLast = i + 2 === tokens.length;
    if (typeof item !== 'object' || separator !== (isLast ? ']' : ',')) return { kind: 'unknown' };
    items.push(item);
  }
  return items.length === 0 ? { kind: 'unknown' } : { kind: 'list', items };
}

function tokensOf(text: string): (Literal | string)[] | null {
  const tokens: (Literal | string)[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const match = token.exec(text);
    if (match === null) return null;
    const quoted = match[1] ?? match[2];
    if (quoted !== undefined) tokens.push({ kind: 'text', value: quoted.replace(/\\(.)/gu, '$1') });
    else tokens.push(match[4] ?? wordLiteral(match[3]!));
  }
  return tokens;
}

function wordLiteral(word: string): Literal {
  if (word === 'true' || word === 'false') return { kind: 'flag', value: word === 'true' };
  return number.test(word) ? { kind: 'number', text: word } : { kind: 'unknown' };
}
