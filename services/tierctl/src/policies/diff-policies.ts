/** What is different between two policies, by the names of measures, programs and tiers. */
import type { PolicyDocument } from '@tierflow/customer/policy-document';
import { type ProgramTexts, type Texts, textsOf } from './document-texts.ts';

/** A text that is not the same; null: it is not there. */
export interface ChangedText {
  /** `when`, `share`, `playbook.sales.en`, …; `order` is that of a program's tiers, which is their precedence. */
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

export interface Changes<T> {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Those that are in both and not the same. */
  readonly changed: Readonly<Record<string, T>>;
}

export interface ChangedProgram {
  readonly fields: readonly ChangedText[];
  readonly tiers: Changes<readonly ChangedText[]>;
}

export interface PolicyDifference {
  /** Nothing but the version is different. */
  readonly same: boolean;
  readonly fields: readonly ChangedText[];
  readonly measures: Changes<readonly ChangedText[]>;
  readonly programs: Changes<ChangedProgram>;
}

export function diffPolicies(before: PolicyDocument, after: PolicyDocument): PolicyDifference {
  const [a, b] = [textsOf(before), textsOf(after)];
  const fields = diffTexts(a.fields, b.fields);
  const measures = diffNamed(a.measures, b.measures, orNull(diffTexts));
  const programs = diffNamed(a.programs, b.programs, diffProgram);
  return { same: fields.length === 0 && isEmpty(measures) && isEmpty(programs), fields, measures, programs };
}

function diffProgram(before: ProgramTexts, after: ProgramTexts): ChangedProgram | null {
  const tiers = diffNamed(before.tiers, after.tiers, orNull(diffTexts));
  const fields = [...diffTexts(before.fields, after.fields), ...diffOrder(before.tiers, after.tiers)];
  return fields.length === 0 && isEmpty(tiers) ? null : { fields, tiers };
}

/** A tier that comes or goes moves the others without a word; what counts is the order of those that stay. */
function diffOrder(before: ReadonlyMap<string, Texts>, after: ReadonlyMap<string, Texts>): ChangedText[] {
  const order = (tiers: ReadonlyMap<string, Texts>, others: ReadonlyMap<string, Texts>) =>
    [...tiers.keys()].filter(tier => others.has(tier)).join(', ');
  const [from, to] = [order(before, after), order(after, before)];
  return from === to ? [] : [{ field: 'order', before: from, after: to }];
}

function diffTexts(before: Texts, after: Texts): ChangedText[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names]
    .filter(field => before.get(field) !== after.get(field))
    .map(field => ({ field, before: before.get(field) ?? null, after: after.get(field) ?? null }));
}

function diffNamed<A, T>(
  before: ReadonlyMap<string, A>,
  after: ReadonlyMap<string, A>,
  diff: (before: A, after: A) => T | null,
): Changes<T> {
  const kept = [...before.keys()].filter(name => after.has(name));
  const changed = kept.flatMap(name => {
    const difference = diff(before.get(name)!, after.get(name)!);
    return difference === null ? [] : [[name, difference] as const];
  });
  return {
    added: [...after.keys()].filter(name => !before.has(name)),
    removed: [...before.keys()].filter(name => !after.has(name)),
    changed: Object.fromEntries(changed),
  };
}

function orNull<A, T>(diff: (before: A, after: A) => T[]): (before: A, after: A) => T[] | null {
  return (before, after) => {
    const changes = diff(before, after);
    return changes.length === 0 ? null : changes;
  };
}

function isEmpty({ added, removed, changed }: Changes<unknown>): boolean {
  return added.length === 0 && removed.length === 0 && Object.keys(changed).length === 0;
}
