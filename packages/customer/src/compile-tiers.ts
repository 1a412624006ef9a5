/** The tiers of a program: what each asks for, in order of precedence. */
import { compileConditions } from './compile-conditions.ts';
import type { ConditionScope } from './condition-scope.ts';
import { ease } from './hysteresis.ts';
import type { Condition, Tier } from './policy.ts';
import type { ProgramDocument, TierDocument } from './policy-document.ts';
import { limits, type Path, type PolicyReport } from './policy-report.ts';

/** What the classifier itself asks for a tier; null: nothing; undefined: it is wrong, and that has been told. */
export type TierRule = (tier: TierDocument, index: number) => Condition | null | undefined;

export interface TierClassifier {
  readonly tiers: readonly TierDocument[];
  readonly ruleOf: TierRule;
  /** A name that only this classifier gives a meaning. */
  readonly isOwnName: (tier: unknown) => boolean;
}

export function compileTiers(
  document: ProgramDocument,
  { tiers, ruleOf, isOwnName }: TierClassifier,
  hysteresisPercent: number,
  path: Path,
  scope: ConditionScope,
): Tier[] {
  const { report } = scope;
  report.checkCount([...path, 'tiers'], tiers.length, limits.tiers, 'tiers');
  const seen = new Set<string>();
  return tiers.map((tier, index) => {
    const at = [...path, 'tiers', index];
    if (!isOwnName(tier.tier)) report.checkName([...at, 'tier'], tier.tier);
    if (seen.has(tier.tier)) {
      const message = `Tier ${tier.tier} stands here twice.`;
      report.add([...at, 'tier'], 'duplicateName', message, 'Give each tier its own name.');
    }
    seen.add(tier.tier);
    const rule = ruleOf(tier, index);
    const written = tier.when === undefined ? null : compileConditions(tier.when, [...at, 'when'], scope);
    const when = joined(rule ?? null, written);
    // Everybody stands in the first tier of an exit, and comes to the others by stages.
    if (document.by !== 'exit' && rule !== undefined) {
      checkOrder(document, tier, when === null, index === tiers.length - 1, at, report);
    }
    return {
      name: tier.tier,
      title: tier.title ?? null,
      playbook: tier.playbook ?? null,
      when,
      keep: when === null ? null : ease(when, hysteresisPercent, scope),
      dwellDays: tier.dwellDays ?? null,
      reviewDays: tier.reviewDays ?? null,
    };
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
    const key = (['when', 'from', 'at'] as const).find(candidate => tier[candidate] !== undefined) ?? 'tier';
    report.add(
      [...at, key],
      'missingDefault',
      `The lowest tier of a ladder has no condition: it takes everybody else.`,
      key === 'tier'
        ? 'Add one more tier without conditions.'
        : `Remove \`${key}\`, or add one more tier without conditions.`,
    );
  }
}
