import { readsOf } from './measure-reads.ts';
import type { Measure } from './policy.ts';

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
