/** Counts by reason. */
export class Tally {
  readonly #counts = new Map<string, number>();
  total = 0;

  add(reason: string, count = 1): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + count);
    this.total += count;
  }

  /** The most frequent first. */
  byReason(): Record<string, number> {
    const sorted = [...this.#counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
    return Object.fromEntries(sorted);
  }
}
