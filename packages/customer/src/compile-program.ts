/** One program of a policy document to its tiers and what moves customers between them. */
import { comparisonsOf, compileConditions } from './compile-conditions.ts';
import type { Measure, Program, SinceCrossing, Tier } from './policy.ts';
import type { ProgramDocument } from './policy-document.ts';
import { limits, type PolicyReport } from './policy-report.ts';

export function compileProgram(
  name: string,
  document: ProgramDocument,
  measures: readonly Measure[],
  declared: ReadonlySet<string>,
  crossings: SinceCrossing[],
  report: PolicyReport,
): Program {
  const path = ['programs', name];
  const documents = document.tiers ?? [];
  report.checkName(path, name);
  report.checkCount([...path, 'tiers'], documents.length, limits.tiers, 'tiers');
  const seen = new Set<string>();
  const tiers: Tier[] = documents.map((tier, index) => {
    const at = [...path, 'tiers', index];
    report.checkName([...at, 'tier'], tier.tier);
    if (seen.has(tier.tier)) {
      report.add(
        [...at, 'tier'],
        'duplicateName',
        `Tier ${tier.tier} stands here twice.`,
        'Give each tier its own name.',
      );
    }
    seen.add(tier.tier);
    const isLast = index === documents.length - 1;
    if (tier.when === undefined && !isLast) {
      report.add(
        at,
        'unreachableTier',
        `${tier.tier} takes everybody, so that the tiers after it are never reached.`,
        'Give it conditions, or move it to the end.',
      );
    }
    if (tier.when !== undefined && isLast && document.kind === 'ladder') {
      report.add(
        [...at, 'when'],
        'missingDefault',
        `The lowest tier of a ladder has no condition: it takes everybody else.`,
        'Remove `when`, or add one more tier without conditions.',
      );
    }
    const when =
      tier.when === undefined
        ? null
        : compileConditions(tier.when, [...at, 'when'], 1, measures, declared, crossings, report);
    return {
      name: tier.tier,
      when,
      keep: when,
      title: tier.title ?? null,
      playbook: tier.playbook ?? null,
      dwellDays: null,
      reviewDays: null,
    };
  });
  // A change tells how each of them stood, and must fit into a record.
  const evidence = tiers.reduce((sum, { when }) => sum + (when === null ? 0 : comparisonsOf(when).length), 0);
  if (evidence > limits.evidence) {
    const remedy = `Write ${limits.evidence} at most in all tiers of a program.`;
    report.add([...path, 'tiers'], 'tooMany', `${evidence} conditions are too many.`, remedy);
  }
  return {
    name,
    kind: document.kind,
    title: document.title ?? null,
    tiers,
    measures: [...new Set(tiers.flatMap(({ when }) => (when === null ? [] : comparisonsOf(when).map(c => c.measure))))],
    movement: null,
    warnings: null,
    exit: null,
  };
}
