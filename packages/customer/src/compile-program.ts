/**
 * One program of a policy document to its tiers and what moves customers between them. All classifiers but the exit are
 * lowered to conditions here, so that the fold knows nothing of scorecards, matrices or RFM.
 */
import { addApproachCrossings } from './approach-crossings.ts';
import { comparisonsOf } from './compile-conditions.ts';
import { compileExit } from './compile-exit.ts';
import { matrixRule } from './compile-matrix.ts';
import { compileMovement, hysteresisOf, refuseMovement } from './compile-movement.ts';
import { compilePopulation } from './compile-population.ts';
import { compilePyramid, type Pyramid } from './compile-pyramid.ts';
import { compileRfmScores, isRfmType, rfmRule, rfmTiers } from './compile-rfm.ts';
import { compileScorecard, scoreRule } from './compile-scorecard.ts';
import { compileTiers, type TierClassifier } from './compile-tiers.ts';
import { compileWarnings } from './compile-warnings.ts';
import type { ConditionScope } from './condition-scope.ts';
import { measuresBehind } from './measure-reads.ts';
import type { Condition, Exit, Measure, Program } from './policy.ts';
import { type Classifier, classifiers, type ProgramDocument, type TierDocument } from './policy-document.ts';
import { limits, type Path, type PolicyReport } from './policy-report.ts';
import type { ProgramScope } from './program-scope.ts';
import { compileRankings, followsPopulation } from './rankings.ts';

/** Measures that a program makes for itself. Their names hold a dot, which no name in a document does. */
export function compileScores(name: string, document: ProgramDocument, scope: ProgramScope): readonly Measure[] {
  switch (document.by) {
    case 'scorecard':
      return [compileScorecard(name, document, scope)];
    case 'rfm':
      return compileRfmScores(name, document, scope);
    default:
      return [];
  }
}

/** `scope.measures` holds the scores of all programs by now. */
export function compileProgram(name: string, document: ProgramDocument, policyScope: ProgramScope): Program {
  const path = ['programs', name];
  const { report } = policyScope;
  report.checkName(path, name);
  report.checkChoice([...path, 'kind'], 'badProgram', document.kind, ['ladder', 'segment']);
  const by = document.by ?? 'thresholds';
  report.checkChoice([...path, 'by'], 'badProgram', by, classifiers);
  checkPlaces(document, by, path, report);

  const scope = { ...policyScope, shortNames: shortNamesOf(name, policyScope.measures) };
  const isLadder = document.kind === 'ladder' && by !== 'exit';
  const hysteresis = isLadder ? hysteresisOf(document, path, report) : 0;
  const rankings = followsPopulation(document) ? compileRankings(name, document, scope) : null;
  const pyramid = by === 'pyramid' ? compilePyramid(name, document, rankings!, path, scope) : null;
  const tiers = compileTiers(document, classifierOf(name, document, pyramid, path, scope), hysteresis, path, scope);
  const exit = by === 'exit' ? compileExit(document, path, scope) : null;

  const conditions = [...tiers.flatMap(({ when }) => when ?? []), ...conditionsOf(exit)];
  const comparisons = conditions.flatMap(comparisonsOf);
  // A change tells how each of them stood, and must fit into a record.
  if (comparisons.length > limits.evidence) {
    const remedy = `Write ${limits.evidence} at most in all tiers of a program.`;
    report.add([...path, 'tiers'], 'tooMany', `${comparisons.length} conditions are too many.`, remedy);
  }
  const measures = measuresBehind(
    comparisons.map(({ measure }) => measure),
    scope.measures,
  );
  if (!isLadder) refuseMovement(document, by === 'exit' ? 'an exit' : 'a segment', path, report);
  const read = measures.map(index => scope.measures[index]!);
  const warnings = compileWarnings(document, path, report);
  if (isLadder) addApproachCrossings(tiers, warnings, scope);
  return {
    name,
    kind: document.kind,
    title: document.title ?? null,
    tiers,
    measures,
    movement: isLadder ? compileMovement(document, read, path, report) : null,
    warnings,
    exit,
    population: rankings === null ? null : compilePopulation(name, document, rankings, pyramid, path, scope),
  };
}

function classifierOf(
  name: string,
  document: ProgramDocument,
  pyramid: Pyramid | null,
  path: Path,
  scope: ConditionScope,
): TierClassifier {
  const plain = { tiers: document.tiers ?? [], ruleOf: () => null, isOwnName: () => false };
  switch (document.by) {
    case 'scorecard': {
      const score = scope.measures.findIndex(measure => measure.name === `${name}.score`);
      return { ...plain, ruleOf: scoreRule(score, path, scope) };
    }
    case 'matrix':
      return { ...plain, ruleOf: matrixRule(document, path, scope) };
    case 'rfm':
      return { tiers: rfmTiers(document), ruleOf: rfmRule(name, document, scope), isOwnName: isRfmType };
    case 'pyramid':
      return { ...plain, ruleOf: pyramid!.rule };
    default:
      return plain;
  }
}

/** Within its own program `<program>.score` may be called `score`. */
function shortNamesOf(program: string, measures: readonly Measure[]): ReadonlyMap<string, string> {
  const own = measures.filter(({ name }) => name.startsWith(`${program}.`));
  return new Map(own.map(({ name }) => [name.slice(program.length + 1), name]));
}

function conditionsOf(exit: Exit | null): readonly Condition[] {
  return exit === null ? [] : [exit.when, ...exit.vetoes, ...(exit.reentry === null ? [] : [exit.reentry])];
}

type Owners = readonly [Classifier, ...Classifier[]];
const ownersOf = {
  scorecard: ['scorecard'],
  axes: ['matrix'],
  rfm: ['rfm'],
  pyramid: ['pyramid'],
  population: ['pyramid', 'rfm'],
  exit: ['exit'],
} as const satisfies Partial<Record<keyof ProgramDocument, Owners>>;
const tierOwnersOf = {
  from: ['scorecard', 'pyramid'],
  share: ['pyramid'],
  at: ['matrix'],
  dwellDays: ['exit'],
  reviewDays: ['exit'],
} as const satisfies Partial<Record<keyof TierDocument, Owners>>;

/** What belongs to one classifier is refused with another one: nobody would read it. */
function checkPlaces(document: ProgramDocument, by: Classifier, path: Path, report: PolicyReport): void {
  for (const [key, owners] of Object.entries(ownersOf) as [keyof typeof ownersOf, Owners][]) {
    if (document[key] === undefined || owners.includes(by)) continue;
    const message = `${key} is read by: ${owners.join(' or ')} alone, and this program is by: ${by}.`;
    report.add([...path, key], 'misplaced', message, `Write by: ${owners.join(' or ')}, or remove ${key}.`);
  }
  document.tiers?.forEach((tier, index) => {
    for (const [key, owners] of Object.entries(tierOwnersOf) as [keyof typeof tierOwnersOf, Owners][]) {
      if (tier[key] === undefined || owners.includes(by)) continue;
      const owner = owners.join(' or ');
      const message = `${key} belongs to the tiers of a program with by: ${owner}, and this one is by: ${by}.`;
      report.add([...path, 'tiers', index, key], 'misplaced', message, `Remove ${key}, or write by: ${owner}.`);
    }
  });
}
