/** What is fuzzed: a kind of input from outside, and the product's own code that meets it first. */
import type fc from 'fast-check';

export interface FuzzSubject<I> {
  readonly input: fc.Arbitrary<I>;
  /**
   * What the product makes of the input. A failure of the documented kind is a result; whatever is thrown is a finding.
   * Everything that a later step could be hurt by is in the result.
   */
  run(input: I): unknown;
  readonly sizeOf: (input: I) => number;
  /** Nodes and characters of a result for each one of the input, beyond a constant. */
  readonly growthMax?: number;
}

/** Told to the worker thread. */
export interface FuzzOrder {
  readonly subject: string;
  readonly seed: number;
  /** Of a failure that is to be repeated; empty: from the start. */
  readonly path: string;
  readonly runs: number;
  /** How many inputs were begun. */
  readonly begun: SharedArrayBuffer;
}

export interface Finding {
  readonly path: string;
  readonly message: string;
}

/** What the thread says. `found` comes before the input is simplified. */
export type FuzzMessage =
  | { readonly kind: 'found'; readonly finding: Finding }
  | { readonly kind: 'done'; readonly report: FuzzReport };

export interface FuzzReport {
  /** null: nothing was found. */
  readonly finding: Finding | null;
  readonly runs: number;
  readonly slowestMs: number;
  readonly largestResult: number;
  readonly heapGrowthBytes: number;
}
