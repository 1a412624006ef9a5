/** Which other measures one reads, and what is behind it in the end. */
import type { Measure } from './policy.ts';

const none: readonly number[] = [];

/** Positions of the measures that it is made of. */
export function readsOf(measure: Measure): readonly number[] {
  switch (measure.op) {
    case 'expression':
      return measure.reads;
    case 'score':
      return [measure.measure];
    case 'scorecard':
      return measure.parts.map(part => part.measure);
    default:
      return none;
  }
}

/** The measures and all that they are made of, each once. */
export function measuresBehind(indexes: readonly number[], measures: readonly Measure[]): number[] {
  const found = new Set<number>();
  const visit = (index: number): void => {
    if (found.has(index)) return;
    found.add(index);
    for (const part of readsOf(measures[index]!)) visit(part);
  };
  for (const index of indexes) visit(index);
  return [...found];
}
