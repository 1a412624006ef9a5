/**
 * From the document to what the fold works with. Everything that could go wrong while folding is found here, as a list
 * of problems that name the place in the document and what to do.
 */
import { AccumulatorTable } from './accumulator-table.ts';
import { checkCalibration } from './check-calibration.ts';
import { checkPlaybookCosts } from './check-playbook-costs.ts';
import { checkTexts } from './check-texts.ts';
import { compileMeasures } from './compile-measures.ts';
import { compileProgram, compileScores } from './compile-program.ts';
import type { ThresholdsCalibrated } from './events.ts';
import { addHiddenRankings } from './hidden-rankings.ts';
import type { Measure, Policy, PolicyProblem, Program, Ranking, SinceCrossing, Window } from './policy.ts';
import type { PolicyDocument } from './policy-document.ts';
import { limits, PolicyReport } from './policy-report.ts';
import type { ProgramScope } from './program-scope.ts';
import { withCuts } from './with-cuts.ts';

export interface CompileOptions {
  readonly baseCurrencyDigits: number;
  /** Longest window that tiles can answer. */
  readonly horizonDays: number;
  /** Index of a kind of interaction in the partition's table; a check without a log may count on its own. */
  readonly kindIndex: (kind: string) => number;
  /** A topic by its index in the partition's table; where no customer is measured it is never asked. */
  readonly topicAt: (index: number) => string;
  /** Cuts that are in force instead of the written ones; of programs that it does not list the written ones are. */
  readonly calibrated?: ThresholdsCalibrated | undefined;
  /** Documents whose rankings this policy keeps along, so that an index is complete before they decide. */
  readonly alsoRank?: readonly PolicyDocument[] | undefined;
}

export type CompileResult =
  | { readonly ok: true; readonly policy: Policy }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

export function compilePolicy(written: PolicyDocument, options: CompileOptions): CompileResult {
  const { calibrated, alsoRank = [] } = options;
  const document = calibrated === undefined ? written : withCuts(written, calibrated);
  const report = new PolicyReport();
  const { problems } = report;
  report.checkName(['policy'], document.policy);
  if (!Number.isSafeInteger(document.version) || document.version < 1) {
    report.add(
      ['version'],
      'badVersion',
      `Version ${document.version} is not a whole number from 1.`,
      'Count up from 1.',
    );
  }
  report.checkCount(['measures'], Object.keys(document.measures).length, limits.measures, 'measures');
  report.checkCount(['programs'], Object.keys(document.programs).length, limits.programs, 'programs');

  // Beyond them, names would be looked up among any number of measures.
  if (
    Object.keys(document.measures).length > limits.measures ||
    Object.keys(document.programs).length > limits.programs
  ) {
    return { ok: false, problems };
  }

  const table = new AccumulatorTable();
  const crossings: SinceCrossing[] = [];
  const measures = compileMeasures(document.measures, table, crossings, options, report);
  const programs: Program[] = [];
  const declared = new Set(Object.keys(document.measures));
  const rankings = new Map<string, Ranking>();
  const scope: ProgramScope = {
    measures,
    ranked: { measures },
    declared,
    shortNames: new Map(),
    crossings,
    report,
    document,
    calibrated,
    rankings,
  };
  const declaredPrograms = Object.entries(document.programs);
  // Scores first, of what is declared alone: then any program may ask for the score of another one.
  const scores = declaredPrograms.flatMap(([name, program]) => compileScores(name, program, scope));
  measures.push(...scores);
  for (const [name, program] of declaredPrograms) programs.push(compileProgram(name, program, scope));
  checkTexts(document, report);
  checkPlaybookCosts(document, options.baseCurrencyDigits, report);
  if (calibrated !== undefined) checkCalibration(calibrated, document, programs, rankings, report);

  if (problems.length > 0) return { ok: false, problems };
  const ownRankings = rankings.size;
  for (const other of alsoRank) addHiddenRankings(other, { table, crossings, rankings }, options);
  const kept = [...rankings.values()];
  const hidden = kept.slice(ownRankings).flatMap(ranking => ranking.scope.measures);
  return {
    ok: true,
    policy: {
      policyId: document.policy,
      version: document.version,
      title: document.title ?? null,
      measures,
      programs,
      windows: table.windows,
      ...table.layout(),
      crossings,
      readsBeginning: readsBeginning([...measures, ...hidden], programs, table.windows),
      isGuarded: programs.some(({ movement, exit }) => movement !== null || exit !== null),
      warns: programs.some(({ warnings }) => warnings !== null),
      baseCurrencyDigits: options.baseCurrencyDigits,
      calibration: calibrated?.calibration ?? 0,
      rankings: kept,
      ownRankings,
    },
  };
}

function readsBeginning(
  measures: readonly Measure[],
  programs: readonly Program[],
  windows: readonly Window[],
): boolean {
  return (
    windows.some(({ kind }) => kind === 'anniversary') ||
    measures.some(readsOwnYears) ||
    programs.some(({ movement }) => movement?.validity?.kind === 'anniversary')
  );
}

/** A latest fact is looked for in its window without any tile. */
function readsOwnYears(measure: Measure): boolean {
  const { op } = measure;
  return op === 'age' || ((op === 'last' || op === 'since') && measure.window?.kind === 'anniversary');
}
