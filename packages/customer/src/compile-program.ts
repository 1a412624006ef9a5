/** One program of a policy document to its tiers and what moves customers between them. */
import { type ConditionScope, comparisonsOf, compileConditions } from './compile-conditions.ts';
import { compileExit } from './compile-exit.ts';
import { compileMovement, hysteresisOf, refuseMovement } from './compile-movement.ts';
import { compileWarnings } from './compile-warnings.ts';
import { ease } from './hysteresis.ts';
import { measuresRead } from './measures-read.ts';
import type { Condition, Exit, Program, Tier } from './policy.ts';
import { type Classifier, classifiers, type ProgramDocument, type TierDocument } from './policy-document.ts';
import { limits, type Path, type PolicyReport } from './policy-report.ts';

/** What the classifier itself asks for a tier, beside its `when`; null: nothing. */
export type TierRule = (tier: TierDocument, index: number) => Condition | null;

export function compileProgram(name: string, document: ProgramDocument, scope: ConditionScope): Program {
  const path = ['programs', name];
  const { report } = scope;
  report.checkName(path, name);
  report.checkChoice([...path, 'kind'], 'badProgram', document.kind, ['ladder', 'segment']);
  const by = document.by ?? 'thresholds';
  report.checkChoice([...path, 'by'], 'badProgram', by, classifiers);
  checkPlaces(document, by, path, report);

  const documents = document.tiers ?? [];
  report.checkCount([...path, 'tiers'], documents.length, limits.tiers, 'tiers');
  const isLadder = document.kind === 'ladder' && by !== 'exit';
  const hysteresis = isLadder ? hysteresisOf(document, path, report) : 0;
  const tiers = compileTiers(document, documents, () => null, hysteresis, path, scope);
  const exit = by === 'exit' ? compileExit(document, path, scope) : null;
  const conditions = [...tiers.flatMap(({ when }) => when ?? []), ...conditionsOf(exit)];
  const comparisons = conditions.flatMap(comparisonsOf);
  // A change tells how each of them stood, and must fit into a record.
  if (comparisons.length > limits.evidence) {
    const remedy = `Write ${limits.evidence} at most in all tiers of a program.`;
    report.add([...path, 'tiers'], 'tooMany', `${comparisons.length} conditions are too many.`, remedy);
  }
  const compared = comparisons.map(({ measure }) => measure);
  const measures = measuresRead(compared, scope.measures);
  if (!isLadder) refuseMovement(document, by === 'exit' ? 'an exit' : 'a segment', path, report);
  const read = measures.map(index => scope.measures[index]!);
  return {
    name,
    kind: document.kind,
    title: document.title ?? null,
    tiers,
    measures,
    movement: isLadder ? compileMovement(document, read, path, report) : null,
    warnings: compileWarnings(document, path, report),
    exit,
  };
}

function conditionsOf(exit: Exit | null): readonly Condition[] {
  return exit === null ? [] : [exit.when, ...exit.vetoes, ...(exit.reentry === null ? [] : [exit.reentry])];
}

function compileTiers(
  document: ProgramDocument,
  documents: readonly TierDocument[],
  ruleOf: TierRule,
  hysteresis: number,
  path: Path,
  scope: ConditionScope,
): Tier[] {
  const { report } = scope;
  const seen = new Set<string>();
  return documents.map((tier, index) => {
    const at = [...path, 'tiers', index];
    report.checkName([...at, 'tier'], tier.tier);
    if (seen.has(tier.tier)) {
      const message = `Tier ${tier.tier} stands here twice.`;
      report.add([...at, 'tier'], 'duplicateName', message, 'Give each tier its own name.');
    }
    seen.add(tier.tier);
    const titled = { name: tier.tier, title: tier.title ?? null, playbook: tier.playbook ?? null };
    if (document.by === 'exit') {
      return {
        ...titled,
        when: null,
        keep: null,
        dwellDays: tier.dwellDays ?? null,
        reviewDays: tier.reviewDays ?? null,
      };
    }
    const rule = ruleOf(tier, index);
    const written = tier.when === undefined ? null : compileConditions(tier.when, [...at, 'when'], scope);
    const when = joined(rule, written);
    checkOrder(document, tier, when === null, index === documents.length - 1, at, report);
    const keep = when === null ? null : ease(when, hysteresis, scope);
    return { ...titled, when, keep, dwellDays: null, reviewDays: null };
  });
}

/** `when` narrows what the classifier asks. */
function joined(rule: Condition | null, written: Condition | null): Condition | null {
  if (rule === null || written === null) return rule ?? written;
  return { kind: 'all', conditions: [rule, written] };
}

function checkOrder(
  document: ProgramDocument,
  tier: TierDocument,
  takesEverybody: boolean,
  isLast: boolean,
  at: Path,
  report: PolicyReport,
): void {
  if (takesEverybody && !isLast) {
    report.add(
      at,
      'unreachableTier',
      `${tier.tier} takes everybody, so that the tiers after it are never reached.`,
      'Give it conditions, or move it to the end.',
    );
  }
  if (!takesEverybody && isLast && document.kind === 'ladder') {
    const key = tier.when !== undefined ? 'when' : tier.from !== undefined ? 'from' : 'at';
    report.add(
      [...at, key],
      'missingDefault',
      `The lowest tier of a ladder has no condition: it takes everybody else.`,
      `Remove \`${key}\`, or add one more tier without conditions.`,
    );
  }
}

const ownerOf = { scorecard: 'scorecard', axes: 'matrix', rfm: 'rfm', exit: 'exit' } as const;
const tierOwnerOf = { from: 'scorecard', at: 'matrix', dwellDays: 'exit', reviewDays: 'exit' } as const;

/** What belongs to one classifier is refused with another one: it would be read by nobody. */
function checkPlaces(document: ProgramDocument, by: Classifier, path: Path, report: PolicyReport): void {
  for (const [key, owner] of Object.entries(ownerOf)) {
    if (document[key as keyof typeof ownerOf] === undefined || owner === by) continue;
    const message = `${key} is read by: ${owner} alone, and this program is by: ${by}.`;
    report.add([...path, key], 'misplaced', message, `Write by: ${owner}, or remove ${key}.`);
  }
  document.tiers?.forEach((tier, index) => {
    for (const [key, owner] of Object.entries(tierOwnerOf)) {
      if (tier[key as keyof typeof tierOwnerOf] === undefined || owner === by) continue;
      const message = `${key} belongs to the tiers of a program with by: ${owner}, and this one is by: ${by}.`;
      report.add([...path, 'tiers', index, key], 'misplaced', message, `Remove ${key}, or write by: ${owner}.`);
    }
  });
}
