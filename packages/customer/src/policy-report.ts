/** Where problems of a policy document are told while it is compiled. */
import { nearestName } from './nearest-name.ts';
import type { PolicyProblem, PolicyProblemCode } from './policy.ts';

export type Path = readonly (string | number)[];

/** Whatever a document holds, what is said of it stays short: it may come from a stranger's record in the log. */
const problemsMax = 100;
const shownLengthMax = 60;
const namesShownMax = 20;
const namePattern = /^[\p{L}][\p{L}\p{N}_-]{0,39}$/u;

export const limits = {
  measures: 100,
  programs: 20,
  tiers: 30,
  conditions: 20,
  depth: 4,
  evidence: 1000,
  listed: 50,
  parts: 20,
  lines: 20,
  levels: 10,
  days: 3660,
  expiringDays: 5,
  expiringDaysAhead: 90,
  textLength: 1000,
} as const;

export class PolicyReport {
  readonly problems: PolicyProblem[] = [];

  add(path: Path, code: PolicyProblemCode, message: string, remedy: string): void {
    if (this.problems.length < problemsMax) this.problems.push({ path, code, message, remedy });
  }

  checkName(path: Path, name: unknown): void {
    // `none` stands for no tier in counters and metrics, `*` for every program.
    if (typeof name === 'string' && namePattern.test(name) && name !== 'none') return;
    this.add(
      path,
      'badName',
      `Name ${shown(name)} cannot be used.`,
      'Begin with a letter; letters, digits, _ and - may follow, 40 characters at most. A tier is not called none.',
    );
  }

  checkCount(path: Path, count: number, most: number, what: string): void {
    if (count === 0) this.add(path, 'empty', `There are no ${what}.`, `Write at least one.`);
    if (count > most) this.add(path, 'tooMany', `${count} ${what} are too many.`, `Write ${most} at most.`);
  }

  /** A file's fields have their types by now; a stranger's document in the log may hold anything. */
  checkWhole(path: Path, code: PolicyProblemCode, value: unknown, least: number, most: number): value is number {
    if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most) return true;
    const what = `${path.at(-1)} is ${shown(value)}`;
    this.add(path, code, `${what}, not a whole number from ${least} to ${most}.`, `Write ${least} to ${most}.`);
    return false;
  }

  checkChoice<T extends string>(
    path: Path,
    code: PolicyProblemCode,
    value: unknown,
    choices: readonly T[],
  ): value is T {
    if (choices.includes(value as T)) return true;
    this.add(path, code, `${path.at(-1)} is ${shown(value)}.`, this.suggest(String(value), choices));
    return false;
  }

  /** `Did you mean gold? Use one of gold, silver.` */
  suggest(name: string, known: Iterable<string>): string {
    // A search costs more than all else that is done for a name: a document made of mistakes pays for few of them.
    const nearest = this.problems.length < problemsMax ? nearestName(name, known) : null;
    const names = [...known];
    const more = names.length > namesShownMax ? ', …' : '';
    const list = `Use one of ${names.slice(0, namesShownMax).join(', ')}${more}.`;
    return nearest === null ? list : `Did you mean ${nearest}? ${list}`;
  }
}

/** A value in a message, cut where it is long. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a map of keys';
  return cutText(JSON.stringify(value) ?? 'nothing');
}

export function cutText(text: string): string {
  return text.length > shownLengthMax ? `${text.slice(0, shownLengthMax - 1).toWellFormed()}…` : text;
}
