import type { FileProblem } from './file-problem.ts';

/** One problem a line, in the form that editors and terminals turn into a link. */
export function formatFileProblems(file: string, problems: readonly FileProblem[]): string {
  return problems
    .map(({ line, column, message, remedy }) => `${file}:${line}:${column}  ${message} — ${remedy}`)
    .join('\n');
}
