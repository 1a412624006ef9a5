/** The rank index of one partition in memory: customer → value, and the values in order until the next one is written. */
export class InMemoryRankIndex extends Map<string, number> {
  private inOrder: Float64Array | null = null;

  override set(customerId: string, value: number): this {
    this.inOrder = null;
    return super.set(customerId, value);
  }

  override delete(customerId: string): boolean {
    this.inOrder = null;
    return super.delete(customerId);
  }

  override clear(): void {
    this.inOrder = null;
    super.clear();
  }

  /** All values, ascending. Whoever calibrates asks a hundred times between two writes. */
  ascending(): Float64Array {
    this.inOrder ??= Float64Array.from(this.values()).sort();
    return this.inOrder;
  }
}
