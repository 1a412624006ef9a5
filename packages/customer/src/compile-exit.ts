/** Who is to go, and through which stages. */
import { compileCondition, compileConditions } from './compile-conditions.ts';
import type { ConditionScope } from './condition-scope.ts';
import type { Exit } from './policy.ts';
import type { ProgramDocument, TierDocument } from './policy-document.ts';
import { limits, type Path } from './policy-report.ts';

export function compileExit(document: ProgramDocument, path: Path, scope: ConditionScope): Exit | null {
  const { report } = scope;
  if (document.exit === undefined) {
    const remedy = 'Add exit: { when: { all: [spend365 < 50.00] } }.';
    report.add(path, 'badExit', 'by: exit does not say who is to go.', remedy);
    return null;
  }
  const at = [...path, 'exit'];
  const { when, vetoes = [], reentry } = document.exit;
  if (vetoes.length > limits.conditions)
    report.checkCount([...at, 'vetoes'], vetoes.length, limits.conditions, 'vetoes');
  checkStages(document.tiers ?? [], [...path, 'tiers'], scope);
  return {
    when: compileConditions(when, [...at, 'when'], scope),
    vetoes: vetoes.flatMap((veto, index) => compileCondition(veto, [...at, 'vetoes', index], scope) ?? []),
    reentry: reentry === undefined ? null : compileConditions(reentry, [...at, 'reentry'], scope),
  };
}

function checkStages(tiers: readonly TierDocument[], path: Path, { report }: ConditionScope): void {
  if (tiers.length === 1) {
    report.add(path, 'badExit', 'There is no stage to go to.', 'Write the tier of everybody else first, then a stage.');
  }
  tiers.forEach((tier, index) => {
    const at = [...path, index];
    const isLast = index === tiers.length - 1;
    if (tier.when !== undefined) {
      const remedy = 'Move the conditions to exit: when, vetoes or reentry.';
      report.add([...at, 'when'], 'misplaced', `The tiers of an exit have no conditions of their own.`, remedy);
    }
    if (index === 0) {
      for (const key of ['dwellDays', 'reviewDays'] as const) {
        if (tier[key] === undefined) continue;
        const what = `${tier.tier} is the tier of everybody else, and no stage.`;
        report.add([...at, key], 'badExit', what, `Remove ${key}, or put the tier of everybody else before it.`);
      }
      return;
    }
    if (tier.reviewDays !== undefined)
      report.checkWhole([...at, 'reviewDays'], 'badExit', tier.reviewDays, 1, limits.days);
    if (tier.dwellDays !== undefined && isLast) {
      report.add([...at, 'dwellDays'], 'badExit', `No stage follows ${tier.tier}.`, 'Remove dwellDays.');
    } else if (tier.dwellDays !== undefined) {
      report.checkWhole([...at, 'dwellDays'], 'badExit', tier.dwellDays, 1, limits.days);
    } else if (!isLast) {
      const what = `${tier.tier} does not say when the next stage follows.`;
      report.add(at, 'badExit', what, 'Add dwellDays: 30.');
    }
  });
}
