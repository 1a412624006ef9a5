/** What customers of a ladder or an exit are warned of. */
import type { Warnings } from './policy.ts';
import type { ProgramDocument, WarningsDocument } from './policy-document.ts';
import { limits, type Path, type PolicyReport } from './policy-report.ts';

const defaults = { withinPercent: 10, coolDownDays: 7 } as const;

export function compileWarnings(document: ProgramDocument, path: Path, report: PolicyReport): Warnings | null {
  const { warnings } = document;
  if (warnings === undefined) return null;
  const at = [...path, 'warnings'];
  if (document.kind === 'segment' && document.by !== 'exit') {
    const remedy = 'Remove warnings, or write kind: ladder.';
    report.add(at, 'misplaced', 'Warnings tell of a better or a worse tier; a segment has neither.', remedy);
    return null;
  }
  if (warnings.expiringDays === undefined && warnings.approaching === undefined) {
    report.add(at, 'empty', 'Nobody is warned of anything.', 'Write expiringDays: [30, 7, 1] or approaching: {}.');
    return null;
  }
  if (document.by === 'exit' && warnings.approaching !== undefined) {
    const remedy = 'Remove approaching, and keep expiringDays.';
    report.add([...at, 'approaching'], 'badWarning', 'The tiers of an exit have no thresholds to approach.', remedy);
  }
  return {
    expiringDays: compileExpiringDays(warnings.expiringDays ?? [], [...at, 'expiringDays'], report, warnings),
    approaching: compileApproaching(warnings.approaching, [...at, 'approaching'], report),
  };
}

function compileExpiringDays(
  days: readonly number[],
  path: Path,
  report: PolicyReport,
  warnings: WarningsDocument,
): readonly number[] {
  if (warnings.expiringDays !== undefined) report.checkCount(path, days.length, limits.expiringDays, 'days');
  days.forEach((ahead, index) => {
    const at = [...path, index];
    if (!report.checkWhole(at, 'badWarning', ahead, 1, limits.expiringDaysAhead)) return;
    if (days.indexOf(ahead) < index) {
      report.add(at, 'badWarning', `${ahead} days stand here twice.`, 'Keep one of the two.');
    }
  });
  return [...days].sort((a, b) => b - a);
}

function compileApproaching(
  document: WarningsDocument['approaching'],
  path: Path,
  report: PolicyReport,
): Warnings['approaching'] {
  if (document === undefined) return null;
  const approaching = {
    withinPercent: document.withinPercent ?? defaults.withinPercent,
    coolDownDays: document.coolDownDays ?? defaults.coolDownDays,
  };
  report.checkWhole([...path, 'withinPercent'], 'badWarning', approaching.withinPercent, 1, 99);
  report.checkWhole([...path, 'coolDownDays'], 'badWarning', approaching.coolDownDays, 0, 366);
  return approaching;
}
