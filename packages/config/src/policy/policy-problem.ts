/** What is wrong with a policy file: where, what, and how to mend it. Lines and columns count from 1. */
export interface PolicyFileProblem {
  readonly line: number;
  readonly column: number;
  /** Keys and indexes from the top of the document. */
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly remedy: string;
}
