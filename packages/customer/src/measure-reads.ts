/** Which other measures one reads. */
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
