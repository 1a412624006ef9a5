/**
 * From the document to what the fold works with. Everything that could go wrong while folding is found here, as a list
 * of problems that name the place in the document and what to do.
 */
import { cells, kindCells } from '@tierflow/window/cell';
import { parseDecimal } from './decimal.ts';
import type {
  Combination,
  Comparison,
  Condition,
  Measure,
  Operator,
  Policy,
  PolicyProblem,
  PolicyProblemCode,
  Program,
  SinceCrossing,
  Source,
  Tier,
  Unit,
} from './policy.ts';
import { opsOf } from './policy.ts';
import type { ConditionsDocument, MeasureDocument, PolicyDocument, ProgramDocument } from './policy-document.ts';

export interface CompileOptions {
  readonly baseCurrencyDigits: number;
  /** Longest window that tiles can answer. */
  readonly horizonDays: number;
  /** Index of a kind of interaction in the partition's table; a check without a log may count on its own. */
  readonly kindIndex: (kind: string) => number;
}

export type CompileResult =
  | { readonly ok: true; readonly policy: Policy }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

type Path = readonly (string | number)[];

const limits = { measures: 100, programs: 20, tiers: 30, conditions: 20, depth: 4, evidence: 1000 } as const;
/** Whatever a document holds, what is said of it stays short: it may come from a stranger's record in the log. */
const problemsMax = 100;
const namesShownMax = 20;
const namePattern = /^[\p{L}][\p{L}\p{N}_-]{0,39}$/u;
const conditionPattern = /^\s*([\p{L}][\p{L}\p{N}_-]*)\s*(>=|<=|==|>|<)\s*(\S+)\s*$/u;

/** Accumulators of one policy while it is compiled: each (window, cell, days?) once. */
class AccumulatorTable {
  readonly windows: number[];
  private readonly positions = new Map<string, { window: number; cell: number; days: boolean; position: number }>();

  constructor(windows: readonly number[]) {
    this.windows = [...new Set(windows)].sort((a, b) => a - b);
  }

  source(windowDays: number | null, cell: number, days = false): Source {
    if (windowDays === null) return { lifetimeCell: cell, days };
    const window = this.windows.indexOf(windowDays);
    const key = `${window}/${cell}/${days}`;
    const known = this.positions.get(key);
    if (known) return { accumulator: known.position };
    const position = this.positions.size;
    this.positions.set(key, { window, cell, days, position });
    return { accumulator: position };
  }

  layout(): Pick<Policy, 'accumulators' | 'cells' | 'sumSlots' | 'daySlots'> {
    const entries = [...this.positions.values()];
    const width = entries.reduce((most, entry) => Math.max(most, entry.cell + 1), 0);
    const sumSlots = new Int32Array(this.windows.length * width).fill(-1);
    const daySlots = new Int32Array(this.windows.length * width).fill(-1);
    for (const { window, cell, days, position } of entries) {
      (days ? daySlots : sumSlots)[window * width + cell] = position;
    }
    return { accumulators: entries.length, cells: width, sumSlots, daySlots };
  }
}

export function compilePolicy(document: PolicyDocument, options: CompileOptions): CompileResult {
  const problems: PolicyProblem[] = [];
  const report = (path: Path, code: PolicyProblemCode, message: string, remedy: string): void => {
    if (problems.length < problemsMax) problems.push({ path, code, message, remedy });
  };

  if (!namePattern.test(document.policy)) reportName(report, ['policy'], document.policy);
  if (!Number.isSafeInteger(document.version) || document.version < 1) {
    report(['version'], 'badVersion', `Version ${document.version} is not a whole number from 1.`, 'Count up from 1.');
  }
  checkCount(report, ['measures'], Object.keys(document.measures).length, limits.measures, 'measures');
  checkCount(report, ['programs'], Object.keys(document.programs).length, limits.programs, 'programs');

  const windows = new Map<string, number | null>();
  for (const [name, measure] of Object.entries(document.measures)) {
    const window = parseWindow(measure.window);
    if (window === undefined) {
      report(
        ['measures', name, 'window'],
        'badWindow',
        `Window ${JSON.stringify(measure.window)} is not understood.`,
        'Write P365D for the last 365 days, or lifetime.',
      );
    } else {
      windows.set(name, window);
      if (window !== null && window > options.horizonDays - 31) {
        report(
          ['measures', name, 'window'],
          'beyondHorizon',
          `A window of ${window} days is longer than the ${options.horizonDays - 31} days that this log keeps tiles for.`,
          'Shorten the window, or open a namespace with a longer horizon.',
        );
      }
    }
  }
  // What is taken of a last fact reads no tiles, so no tile that leaves its window makes a customer due.
  const summed = Object.entries(document.measures).filter(([, { op }]) => op !== 'last' && op !== 'since');
  const table = new AccumulatorTable(
    summed.map(([name]) => windows.get(name) ?? null).filter(window => window !== null),
  );

  const measures: Measure[] = [];
  for (const [name, measure] of Object.entries(document.measures)) {
    if (!namePattern.test(name)) reportName(report, ['measures', name], name);
    const compiled = compileMeasure(name, measure, windows.get(name) ?? null, table, options, report);
    if (compiled) measures.push(compiled);
  }

  // Beyond them, conditions would be looked up among any number of measures. Kinds are counted by now, as ever.
  if (measures.length > limits.measures || Object.keys(document.programs).length > limits.programs) {
    return { ok: false, problems };
  }

  const programs: Program[] = [];
  const crossings: SinceCrossing[] = [];
  for (const [name, program] of Object.entries(document.programs)) {
    const declared = new Set(Object.keys(document.measures));
    programs.push(compileProgram(name, program, measures, declared, crossings, options, report));
  }

  if (problems.length > 0) return { ok: false, problems };
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
      baseCurrencyDigits: options.baseCurrencyDigits,
    },
  };
}

type Report = (path: Path, code: PolicyProblemCode, message: string, remedy: string) => void;

function reportName(report: Report, path: Path, name: string): void {
  report(
    path,
    'badName',
    `Name ${JSON.stringify(name)} cannot be used.`,
    'Begin with a letter; letters, digits, _ and - may follow, 40 characters at most. A tier is not called none.',
  );
}

function checkCount(report: Report, path: Path, count: number, most: number, what: string): void {
  if (count === 0) report(path, 'empty', `There are no ${what}.`, `Write at least one.`);
  if (count > most) report(path, 'tooMany', `${count} ${what} are too many.`, `Write ${most} at most.`);
}

/** Days, null for lifetime, undefined where it is not understood. */
function parseWindow(window: string | undefined): number | null | undefined {
  if (window === undefined || window === 'lifetime') return null;
  const match = /^P([1-9]\d{0,3})D$/.exec(window);
  return match ? Number(match[1]) : undefined;
}

function compileMeasure(
  name: string,
  document: MeasureDocument,
  windowDays: number | null,
  table: AccumulatorTable,
  options: CompileOptions,
  report: Report,
): Measure | null {
  const path = ['measures', name];
  const { op, of: subject } = document;
  if (!opsOf[subject]?.includes(op)) {
    report(
      [...path, 'op'],
      'badOp',
      `${op} cannot be taken of ${subject}.`,
      `Of ${subject}: ${opsOf[subject]?.join(', ') ?? 'nothing'}.`,
    );
    return null;
  }
  const ofInteraction = subject === 'interaction' || subject.startsWith('interaction.');
  // Of a stranger's document in the log: a kind that is no text would be another one after each reading.
  if (document.kind !== undefined && typeof document.kind !== 'string') {
    report([...path, 'kind'], 'badKind', 'The kind is not text.', 'Put it in quotes.');
    return null;
  }
  if (document.kind !== undefined && !ofInteraction) {
    report([...path, 'kind'], 'badKind', `Only interactions have a kind, ${subject} has none.`, 'Leave kind out.');
    return null;
  }
  const base = { name, windowDays, title: document.title ?? null };
  const source = (cell: number, days = false): Source => table.source(windowDays, cell, days);
  const kind = document.kind === undefined ? null : kindCells(options.kindIndex(document.kind));
  const subjects: Record<string, { count: number; sum: number; unit: Unit }> = {
    purchase: { count: cells.purchaseCount, sum: cells.purchaseCount, unit: 'count' },
    'purchase.amount': { count: cells.purchaseCount, sum: cells.purchaseAmount, unit: 'money' },
    'purchase.margin': { count: cells.purchaseMarginCount, sum: cells.purchaseMargin, unit: 'money' },
    refund: { count: cells.refundCount, sum: cells.refundCount, unit: 'count' },
    'refund.amount': { count: cells.refundCount, sum: cells.refundAmount, unit: 'money' },
    netSpend: { count: cells.purchaseCount, sum: cells.purchaseAmount, unit: 'money' },
    interaction: {
      count: kind?.count ?? cells.interactionCount,
      sum: kind?.count ?? cells.interactionCount,
      unit: 'count',
    },
    'interaction.cost': {
      count: kind?.costCount ?? cells.interactionCostCount,
      sum: kind?.cost ?? cells.interactionCost,
      unit: 'money',
    },
    'interaction.responseSeconds': {
      count: kind?.responseCount ?? cells.responseCount,
      sum: kind?.responseSeconds ?? cells.responseSeconds,
      unit: 'seconds',
    },
    feedback: { count: cells.feedbackCount, sum: cells.feedbackCount, unit: 'count' },
    'feedback.score': { count: cells.feedbackCount, sum: cells.feedbackScore, unit: 'percent' },
    complaint: { count: cells.complaintCount, sum: cells.complaintCount, unit: 'count' },
  };
  const { count, sum, unit } = subjects[subject]!;
  switch (op) {
    case 'sum':
      return {
        ...base,
        op,
        unit,
        plus: source(sum),
        minus: subject === 'netSpend' ? source(cells.refundAmount) : null,
      };
    case 'count':
      return { ...base, op, unit: 'count', plus: source(count), minus: null };
    case 'distinctDays':
      return { ...base, op, unit: 'count', plus: source(count, true), minus: null };
    case 'mean':
      return { ...base, op, unit, sum: source(sum), count: source(count) };
    case 'last':
      return { ...base, op, unit: 'instant', cell: count };
    case 'since':
      return { ...base, op, unit: 'days', cell: count };
  }
}

function compileProgram(
  name: string,
  document: ProgramDocument,
  measures: readonly Measure[],
  declared: ReadonlySet<string>,
  crossings: SinceCrossing[],
  options: CompileOptions,
  report: Report,
): Program {
  const path = ['programs', name];
  if (!namePattern.test(name)) reportName(report, path, name);
  checkCount(report, [...path, 'tiers'], document.tiers.length, limits.tiers, 'tiers');
  const seen = new Set<string>();
  const tiers: Tier[] = document.tiers.map((tier, index) => {
    const at = [...path, 'tiers', index];
    // `none` stands for no tier in counters and metrics.
    if (!namePattern.test(tier.tier) || tier.tier === 'none') reportName(report, [...at, 'tier'], tier.tier);
    if (seen.has(tier.tier)) {
      report([...at, 'tier'], 'duplicateName', `Tier ${tier.tier} stands here twice.`, 'Give each tier its own name.');
    }
    seen.add(tier.tier);
    const isLast = index === document.tiers.length - 1;
    if (tier.when === undefined && !isLast) {
      report(
        at,
        'unreachableTier',
        `${tier.tier} takes everybody, so that the tiers after it are never reached.`,
        'Give it conditions, or move it to the end.',
      );
    }
    if (tier.when !== undefined && isLast && document.kind === 'ladder') {
      report(
        [...at, 'when'],
        'missingDefault',
        `The lowest tier of a ladder has no condition: it takes everybody else.`,
        'Remove `when`, or add one more tier without conditions.',
      );
    }
    const when =
      tier.when === undefined
        ? null
        : compileConditions(tier.when, [...at, 'when'], 1, measures, declared, crossings, options, report);
    return { name: tier.tier, when, title: tier.title ?? null };
  });
  // A change tells how each of them stood, and must fit into a record.
  const evidence = tiers.reduce((sum, { when }) => sum + (when === null ? 0 : countComparisons(when)), 0);
  if (evidence > limits.evidence) {
    const remedy = `Write ${limits.evidence} at most in all tiers of a program.`;
    report([...path, 'tiers'], 'tooMany', `${evidence} conditions are too many.`, remedy);
  }
  return { name, kind: document.kind, title: document.title ?? null, tiers };
}

function countComparisons(condition: Condition): number {
  if (condition.kind === 'comparison') return 1;
  return condition.conditions.reduce((sum, inner) => sum + countComparisons(inner), 0);
}

function compileConditions(
  document: ConditionsDocument,
  path: Path,
  depth: number,
  measures: readonly Measure[],
  declared: ReadonlySet<string>,
  crossings: SinceCrossing[],
  options: CompileOptions,
  report: Report,
): Combination {
  const kind = 'all' in document ? 'all' : 'any';
  const list = 'all' in document ? document.all : document.any;
  checkCount(report, [...path, kind], list.length, limits.conditions, 'conditions');
  if (depth > limits.depth) {
    report(path, 'tooMany', `Conditions are nested deeper than ${limits.depth}.`, 'Flatten them.');
    return { kind, conditions: [] };
  }
  const conditions: Condition[] = [];
  list.forEach((item, index) => {
    const at = [...path, kind, index];
    if (typeof item === 'string') {
      const comparison = compileComparison(item, at, measures, declared, crossings, options, report);
      if (comparison) conditions.push(comparison);
    } else {
      conditions.push(compileConditions(item, at, depth + 1, measures, declared, crossings, options, report));
    }
  });
  return { kind, conditions };
}

function namesOf(declared: ReadonlySet<string>): string {
  const names = [...declared].slice(0, namesShownMax);
  return names.join(', ') + (declared.size > names.length ? ', …' : '');
}

function compileComparison(
  text: string,
  path: Path,
  measures: readonly Measure[],
  declared: ReadonlySet<string>,
  crossings: SinceCrossing[],
  options: CompileOptions,
  report: Report,
): Comparison | null {
  const match = conditionPattern.exec(text);
  if (!match) {
    report(
      path,
      'badCondition',
      `Condition ${JSON.stringify(text)} is not understood.`,
      'Write a measure, one of >= > <= < ==, and a number: spend365 >= 5000.00',
    );
    return null;
  }
  const [, name, operator, threshold] = match as unknown as [string, string, Operator, string];
  const index = measures.findIndex(measure => measure.name === name);
  if (index < 0) {
    if (!declared.has(name)) {
      report(
        path,
        'unknownMeasure',
        `There is no measure ${name}.`,
        `Use one of ${namesOf(declared)}, or declare it under measures.`,
      );
    }
    return null;
  }
  const measure = measures[index]!;
  if (measure.op === 'last') {
    report(
      path,
      'badCondition',
      `${name} is an instant and cannot be compared with a number.`,
      'Compare the days since then: a measure with op: since.',
    );
    return null;
  }
  const scaled = parseDecimal(threshold, thresholdDigits(measure, options.baseCurrencyDigits));
  if (scaled === null) {
    report(
      path,
      'badThreshold',
      `${threshold} is not a number that ${name} can be compared with.`,
      `Write a plain decimal number with at most ${thresholdDigits(measure, options.baseCurrencyDigits)} decimals.`,
    );
    return null;
  }
  if (measure.op === 'since') addCrossings(crossings, measure.cell, operator, scaled);
  return { kind: 'comparison', measure: index, operator, threshold: scaled, text: threshold };
}

/** Decimals that a threshold of this measure may have, which are also those of its scaled integer. */
export function thresholdDigits(measure: Measure, baseCurrencyDigits: number): number {
  switch (measure.unit) {
    case 'money':
      return baseCurrencyDigits;
    case 'percent':
      return 2;
    case 'seconds':
      return measure.op === 'mean' ? 2 : 0;
    case 'count':
    case 'days':
    case 'instant':
      return 0;
  }
}

/** Days after the last fact on which a condition on `since` turns. */
function addCrossings(crossings: SinceCrossing[], cell: number, operator: Operator, threshold: number): void {
  const offsets: Record<Operator, number[]> = {
    '>=': [threshold],
    '<': [threshold],
    '>': [threshold + 1],
    '<=': [threshold + 1],
    '==': [threshold, threshold + 1],
  };
  for (const offsetDays of offsets[operator]) {
    if (!crossings.some(known => known.cell === cell && known.offsetDays === offsetDays)) {
      crossings.push({ cell, offsetDays });
    }
  }
}
