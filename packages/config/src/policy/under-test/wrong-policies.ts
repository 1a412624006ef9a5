/** What goes wrong with policies: each mistake a change of the good one. */
import { goodPolicy } from './good-policy.ts';
import { ofClassifiers } from './mistakes-of-classifiers.ts';
import { ofConditions } from './mistakes-of-conditions.ts';
import { ofExpressions } from './mistakes-of-expressions.ts';
import { ofLadders } from './mistakes-of-ladders.ts';
import { ofMeasures } from './mistakes-of-measures.ts';
import { ofPopulations } from './mistakes-of-populations.ts';
import { ofTheWhole } from './mistakes-of-the-whole.ts';

export interface WrongPolicy {
  readonly title: string;
  readonly text: string;
  /** Where it is told. */
  readonly line: number;
  /** Part of what is told. */
  readonly says: string;
}

export const wrongPolicies: readonly WrongPolicy[] = [
  ...ofTheWhole,
  ...ofMeasures,
  ...ofExpressions,
  ...ofConditions,
  ...ofLadders,
  ...ofClassifiers,
  ...ofPopulations,
].map(([title, find, replacement, says, at = replacement.split('\n')[0]!]) => {
  if (!goodPolicy.includes(find)) throw new Error(`${title}: the good policy does not say ${find}`);
  const text = goodPolicy.replace(find, () => replacement);
  const offset = text.indexOf(at);
  if (offset < 0) throw new Error(`${title}: there is no line with ${at}`);
  // Of several lines, the last one.
  const line = text.slice(0, offset + at.length).split('\n').length;
  return { title, text, line, says };
});
