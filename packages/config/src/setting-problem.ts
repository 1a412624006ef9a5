/** A setting that cannot be used: which one, what was found, what is expected. */
export interface SettingProblem {
  readonly name: string;
  /** As text for a reader; secrets are masked. null: it is not set. */
  readonly found: string | null;
  readonly expected: string;
}

export function formatSettingProblems(problems: readonly SettingProblem[]): string {
  return problems
    .map(
      ({ name, found, expected }) => `${name}: ${found === null ? 'not set' : `found ${found}`}; expected ${expected}`,
    )
    .join('\n');
}
