/** Which measures others are made of. */
import type { Measure } from './policy.ts';

/** The measures and all that they are made of, each once. */
export function measuresRead(indexes: readonly number[], measures: readonly Measure[]): number[] {
  const found = new Set<number>();
  const visit = (index: number): void => {
    if (found.has(index)) return;
    found.add(index);
    for (const part of partsOf(measures[index]!)) visit(part);
  };
  for (const index of indexes) visit(index);
  return [...found];
}

/** Positions of the measures that it is made of. */
export function partsOf(measure: Measure): readonly number[] {
  switch (measure.op) {
    case 'expression':
      return measure.reads;
    case 'score':
      return [measure.measure];
    case 'scorecard':
      return measure.parts.map(part => part.measure);
    default:
      return [];
  }
}
