/** How customers move on a ladder: the guards of a program document, and what of them cannot go together. */
import { parseValidity } from './parse-validity.ts';
import type { Measure, Movement, Validity } from './policy.ts';
import type { ProgramDocument } from './policy-document.ts';
import { limits, type Path, type PolicyReport } from './policy-report.ts';

const movementKeys = [
  'demote',
  'depth',
  'graceDays',
  'minTenureDays',
  'confirmDays',
  'hysteresisPercent',
  'validity',
  'refunds',
] as const;

/** Of a segment or an exit: nothing of it. */
export function refuseMovement(document: ProgramDocument, what: string, path: Path, report: PolicyReport): void {
  for (const key of movementKeys) {
    // A segment does demote now, and published policies say so.
    if (document[key] === undefined || (key === 'demote' && document.demote === 'now')) continue;
    const remedy = `Remove ${key}, or write kind: ladder${document.by === 'exit' ? ' with another by' : ''}.`;
    report.add([...path, key], 'misplaced', `${key} guards a ladder; ${what} has no guards.`, remedy);
  }
}

/** 0 where there is none, or where it is wrong. */
export function hysteresisOf({ hysteresisPercent }: ProgramDocument, path: Path, report: PolicyReport): number {
  if (hysteresisPercent === undefined) return 0;
  const at = [...path, 'hysteresisPercent'];
  return report.checkWhole(at, 'badMovement', hysteresisPercent, 0, 99) ? hysteresisPercent : 0;
}

/** null: the standing is what the numbers give on the day. `read`: the measures that decide, with all that they read. */
export function compileMovement(
  document: ProgramDocument,
  read: readonly Measure[],
  path: Path,
  report: PolicyReport,
): Movement | null {
  const { demote = 'now', depth = 'fit', graceDays = 0, minTenureDays = 0, confirmDays = 1 } = document;
  const whole = (key: string, value: unknown, least: number) =>
    report.checkWhole([...path, key], 'badMovement', value, least, limits.days);
  const isSound = [
    report.checkChoice([...path, 'demote'], 'badMovement', demote, ['now', 'atExpiry']),
    report.checkChoice([...path, 'depth'], 'badMovement', depth, ['fit', 'oneLevel']),
    document.refunds === undefined ||
      report.checkChoice([...path, 'refunds'], 'badMovement', document.refunds, ['unearned', 'immediate', 'atExpiry']),
    whole('graceDays', graceDays, 0),
    whole('minTenureDays', minTenureDays, 0),
    whole('confirmDays', confirmDays, 1),
  ].every(Boolean);
  const validity = compileValidity(document, path, report);
  if (!isSound) return null;
  if (demote === 'now') checkDemoteNow(document, read, path, report);
  else refuseWithExpiry(document, read, path, report);

  const hasGuards =
    demote !== 'now' ||
    depth !== 'fit' ||
    graceDays !== 0 ||
    minTenureDays !== 0 ||
    confirmDays !== 1 ||
    (document.hysteresisPercent ?? 0) !== 0;
  // Refunds are said where their meaning is wanted: without guards every refund counts at once.
  if (!hasGuards && document.refunds === undefined) return null;
  const refunds = document.refunds ?? 'unearned';
  return { demote, depth, graceDays, minTenureDays, confirmDays, validity, refunds };
}

function compileValidity({ demote, validity }: ProgramDocument, path: Path, report: PolicyReport): Validity | null {
  const at = [...path, 'validity'];
  const forms = 'P365D, calendarMonth, calendarQuarter, calendarHalf, calendarYear or anniversary';
  if (validity === undefined) {
    if (demote === 'atExpiry') {
      const remedy = `Add validity: ${forms}.`;
      report.add([...path, 'demote'], 'badMovement', 'demote: atExpiry needs a validity that ends.', remedy);
    }
    return null;
  }
  const parsed = parseValidity(validity);
  if (parsed === null) {
    report.add(at, 'badMovement', `Validity ${JSON.stringify(validity)} is not understood.`, `Write ${forms}.`);
  } else if (demote !== 'atExpiry') {
    const remedy = 'Write demote: atExpiry, or remove validity.';
    report.add(at, 'badMovement', 'A validity ends nothing where customers are demoted now.', remedy);
  }
  return parsed;
}

function checkDemoteNow(document: ProgramDocument, read: readonly Measure[], path: Path, report: PolicyReport): void {
  const at = document.demote === undefined ? path : [...path, 'demote'];
  if (document.depth === 'oneLevel' && !document.minTenureDays) {
    report.add(
      [...path, 'depth'],
      'badMovement',
      'With demote: now and no minimum tenure, a customer falls by one level every day.',
      'Add minTenureDays: 30, or write demote: atExpiry with a validity.',
    );
  }
  const restarting = read.find(startsAnew);
  if (restarting !== undefined) {
    report.add(
      at,
      'badMovement',
      `${restarting.name} begins anew with each ${restarting.windowText}: everybody would fall on its first day.`,
      'Write demote: atExpiry with a validity, or count over a rolling window such as P365D.',
    );
  }
}

function startsAnew({ window }: Measure): boolean {
  return window !== null && window.kind !== 'rolling' && !window.previous;
}

function refuseWithExpiry(document: ProgramDocument, read: readonly Measure[], path: Path, report: PolicyReport): void {
  for (const key of ['confirmDays', 'minTenureDays'] as const) {
    if (document[key] === undefined) continue;
    const remedy = `Remove ${key}, or write demote: now.`;
    report.add([...path, key], 'badMovement', `${key} has no meaning with demote: atExpiry.`, remedy);
  }
  const restarting = read.find(startsAnew);
  if (restarting === undefined || !document.graceDays || document.depth === 'oneLevel') return;
  report.add(
    [...path, 'graceDays'],
    'badMovement',
    `At the end of grace ${restarting.name} would only count the new ${restarting.windowText}: everybody would fall to the bottom.`,
    'Write depth: oneLevel, remove graceDays, or count over a rolling window such as P365D.',
  );
}
