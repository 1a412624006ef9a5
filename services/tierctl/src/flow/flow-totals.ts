/** Flow, stock and headline counters at one instant: totals since the log began, of one partition or of all together. */
import type { CounterSnapshot } from '@tierflow/processor/ports';
import { sumTables } from '../merge-counters.ts';

export type FlowTotals = Pick<CounterSnapshot, 'flow' | 'stock' | 'headline'>;

/** Before the log's first day. */
export const noTotals: FlowTotals = { flow: new Map(), stock: new Map(), headline: new Map() };

export function addTotals(parts: readonly FlowTotals[]): FlowTotals {
  const table = (name: keyof FlowTotals) => sumTables(parts.map(part => part[name]));
  return { flow: table('flow'), stock: table('stock'), headline: table('headline') };
}

/** A closed day, as the fold has written it. */
export function parseClosing(json: string): FlowTotals {
  const closed: Record<keyof FlowTotals, Record<string, number>> = JSON.parse(json);
  const table = (name: keyof FlowTotals) => new Map(Object.entries(closed[name]));
  return { flow: table('flow'), stock: table('stock'), headline: table('headline') };
}
