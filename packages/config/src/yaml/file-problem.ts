/** What is wrong with a file: where, what, and how to mend it. Lines and columns count from 1. */
export interface FileProblem {
  readonly line: number;
  readonly column: number;
  /** Keys and indexes from the top of the document. */
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly remedy: string;
}

export function inOrder(problems: FileProblem[]): FileProblem[] {
  return problems.sort((a, b) => a.line - b.line || a.column - b.column);
}
