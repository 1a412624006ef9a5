/** What is wrong with a file: where, what, and how to mend it. Lines and columns count from 1. */
export interface FileProblem {
  readonly line: number;
  readonly column: number;
  /** Keys and indexes from the top of the document. */
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly remedy: string;
}

/** Each costs a search for its place and for the name that was meant: a file made of mistakes must not cost their square. */
export const problemsMax = 100;

/** From top to bottom, the first ones where there are very many. */
export function inOrder(problems: FileProblem[]): FileProblem[] {
  return problems.sort((a, b) => a.line - b.line || a.column - b.column).slice(0, problemsMax);
}
