import type { CounterSnapshot } from '@tierflow/processor/ports';

/** The counters of all partitions together. */
export function mergeCounters(snapshots: readonly CounterSnapshot[]): CounterSnapshot {
  const tables = (name: keyof CounterSnapshot) => sumTables(snapshots.map(snapshot => snapshot[name]));
  return { flow: tables('flow'), stock: tables('stock'), records: tables('records'), headline: tables('headline') };
}

export function sumTables(tables: readonly ReadonlyMap<string, number>[]): Map<string, number> {
  const merged = new Map<string, number>();
  for (const entries of tables) for (const [key, value] of entries) merged.set(key, (merged.get(key) ?? 0) + value);
  return merged;
}
