import type { PolicyFileProblem } from './policy-problem.ts';

/** One problem a line, in the form that editors and terminals turn into a link. */
export function formatPolicyProblems(file: string, problems: readonly PolicyFileProblem[]): string {
  return problems
    .map(({ line, column, message, remedy }) => `${file}:${line}:${column}  ${message} — ${remedy}`)
    .join('\n');
}
