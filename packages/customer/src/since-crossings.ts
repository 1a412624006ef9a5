/** Days after the last fact, or after the customer's beginning, on which a comparison of `since` turns: deadlines. */
import type { Measure, Operator, SinceCrossing } from './policy.ts';

const offsets: Readonly<Partial<Record<Operator, readonly number[]>>> = {
  '>=': [0],
  '<': [0],
  '>': [1],
  '<=': [1],
  '==': [0, 1],
  '!=': [0, 1],
  in: [0, 1],
};

/** A list has several thresholds: each of them is told by itself. */
export function addCrossings(
  crossings: SinceCrossing[],
  measure: Measure,
  operator: Operator,
  threshold: number,
): void {
  const counts = measure.op === 'since' || (measure.op === 'age' && measure.unit === 'days');
  if (!counts) return;
  const cell = measure.op === 'since' ? measure.cell : null;
  for (const offset of offsets[operator] ?? []) {
    const offsetDays = threshold + offset;
    if (crossings.some(known => known.cell === cell && known.offsetDays === offsetDays)) continue;
    crossings.push({ cell, offsetDays });
  }
}
