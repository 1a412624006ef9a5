/** Where problems of a policy document are told while it is compiled. */
import type { PolicyProblem, PolicyProblemCode } from './policy.ts';

export type Path = readonly (string | number)[];

/** Whatever a document holds, what is said of it stays short: it may come from a stranger's record in the log. */
const problemsMax = 100;
const namePattern = /^[\p{L}][\p{L}\p{N}_-]{0,39}$/u;

export const limits = { measures: 100, programs: 20, tiers: 30, conditions: 20, depth: 4, evidence: 1000 } as const;

export class PolicyReport {
  readonly problems: PolicyProblem[] = [];

  add(path: Path, code: PolicyProblemCode, message: string, remedy: string): void {
    if (this.problems.length < problemsMax) this.problems.push({ path, code, message, remedy });
  }

  checkName(path: Path, name: string): void {
    // `none` stands for no tier in counters and metrics, `*` for every program.
    if (namePattern.test(name) && name !== 'none') return;
    this.add(
      path,
      'badName',
      `Name ${JSON.stringify(name)} cannot be used.`,
      'Begin with a letter; letters, digits, _ and - may follow, 40 characters at most. A tier is not called none.',
    );
  }

  checkCount(path: Path, count: number, most: number, what: string): void {
    if (count === 0) this.add(path, 'empty', `There are no ${what}.`, `Write at least one.`);
    if (count > most) this.add(path, 'tooMany', `${count} ${what} are too many.`, `Write ${most} at most.`);
  }
}
