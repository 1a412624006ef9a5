/** A measure of facts, or of the customer's age, to the cells and windows that it reads. */
import { cells, kindCells } from '@tierflow/window/cell';
import type { AccumulatorTable } from './accumulator-table.ts';
import type { CompileOptions } from './compile-policy.ts';
import { parseWindow, reachOf } from './parse-window.ts';
import type { AgeMeasure, Measure, Source, Unit, Window } from './policy.ts';
import { opsOf } from './policy.ts';
import type { FactMeasureDocument } from './policy-document.ts';
import type { Path, PolicyReport } from './policy-report.ts';

export function compileFactMeasure(
  name: string,
  document: FactMeasureDocument,
  table: AccumulatorTable,
  options: CompileOptions,
  report: PolicyReport,
): Measure | null {
  const path = ['measures', name];
  const { op, of: subject } = document;
  if (!opsOf[subject]?.includes(op)) {
    report.add(
      [...path, 'op'],
      'badOp',
      `${op} cannot be taken of ${subject}.`,
      `Of ${subject}: ${opsOf[subject]?.join(', ') ?? 'nothing'}.`,
    );
    return null;
  }
  if (!checkKind(document, path, report) || !checkTopics(document, path, report)) return null;
  if (subject === 'customer') return compileAge(name, document, path, report);
  const window = compileWindow(document, path, options, report);
  if (window === undefined) return null;
  const { baseCurrencyDigits } = options;
  const base = { name, window, windowText: document.window ?? 'lifetime', title: document.title ?? null };
  if (op === 'topTopics') {
    return {
      ...base,
      op,
      unit: 'topics',
      digits: 0,
      tally: table.tallyOf(window),
      tallyBefore: window === null ? null : table.tallyOf({ ...window, previous: true }),
      topics: document.topics ?? topicsUnsaid,
      topicAt: options.topicAt,
    };
  }
  const source = (cell: number, days = false): Source => table.source(window, cell, days);
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
        digits: unit === 'money' ? baseCurrencyDigits : 0,
        plus: source(sum),
        minus: subject === 'netSpend' ? source(cells.refundAmount) : null,
      };
    case 'count':
      return { ...base, op, unit: 'count', digits: 0, plus: source(count), minus: null };
    case 'distinctDays':
      return { ...base, op, unit: 'count', digits: 0, plus: source(count, true), minus: null };
    case 'mean':
      return {
        ...base,
        op,
        unit,
        digits: unit === 'money' ? baseCurrencyDigits : 2,
        sum: source(sum),
        count: source(count),
      };
    case 'last':
      return { ...base, op, unit: 'instant', digits: 0, cell: count };
    case 'since':
      return { ...base, op, unit: 'days', digits: 0, cell: count };
    default:
      throw new Error(`${op} of ${subject} was let through.`);
  }
}

function checkKind({ of: subject, kind }: FactMeasureDocument, path: Path, report: PolicyReport): boolean {
  if (kind === undefined) return true;
  // Of a stranger's document in the log: a kind that is no text would be another one after each reading.
  if (typeof kind !== 'string') {
    report.add([...path, 'kind'], 'badKind', 'The kind is not text.', 'Put it in quotes.');
    return false;
  }
  if (subject === 'interaction' || subject.startsWith('interaction.')) return true;
  report.add([...path, 'kind'], 'badKind', `Only interactions have a kind, ${subject} has none.`, 'Leave kind out.');
  return false;
}

function checkTopics({ op, topics }: FactMeasureDocument, path: Path, report: PolicyReport): boolean {
  if (topics === undefined) return true;
  if (op !== 'topTopics') {
    report.add([...path, 'topics'], 'misplaced', `${op} tells of no topics.`, 'Leave topics out.');
    return false;
  }
  if (Number.isInteger(topics) && topics >= 1 && topics <= topicsMax) return true;
  report.add(
    [...path, 'topics'],
    'badTopics',
    `${topics} topics cannot be told.`,
    `Write a number from 1 to ${topicsMax}.`,
  );
  return false;
}

const topicsMax = 10;
const topicsUnsaid = 3;

function compileAge(name: string, document: FactMeasureDocument, path: Path, report: PolicyReport): AgeMeasure | null {
  if (document.window !== undefined) {
    const remedy = 'Leave the window out: days and years are counted from the beginning on.';
    report.add([...path, 'window'], 'misplaced', 'A customer begins once, in no window.', remedy);
    return null;
  }
  const unit = document.op === 'years' ? 'count' : 'days';
  return { name, op: 'age', unit, digits: 0, window: null, windowText: null, title: document.title ?? null };
}

const windowRemedy =
  'Write P365D for the last 365 days; calendarMonth, calendarQuarter, calendarHalf, calendarYear or anniversary for a ' +
  'period up to today; `previous` and one of these for the whole window before; or lifetime.';

/** Ops that look from today back to the latest fact, and the one that compares with the window before by itself. */
const presentOnly: ReadonlySet<string> = new Set(['last', 'since', 'topTopics']);

function compileWindow(
  { op, window: text }: FactMeasureDocument,
  path: Path,
  { horizonDays }: CompileOptions,
  report: PolicyReport,
): Window | null | undefined {
  const window = parseWindow(text);
  const at = [...path, 'window'];
  if (window === undefined) {
    report.add(at, 'badWindow', `Window ${JSON.stringify(text)} is not understood.`, windowRemedy);
    return undefined;
  }
  if (window === null) return null;
  if (window.previous && presentOnly.has(op)) {
    const message = `${op} is taken of a window that ends today.`;
    report.add(at, 'badWindow', message, 'Leave `previous` out.');
    return undefined;
  }
  const reach = reachOf(op === 'topTopics' ? { ...window, previous: true } : window);
  if (reach > horizonDays - horizonSlackDays) {
    report.add(
      at,
      'beyondHorizon',
      `${text} reads ${reach} days back; a horizon of ${horizonDays} days serves ${horizonDays - horizonSlackDays}, the rest is for late facts.`,
      'Shorten the window, or open a namespace with a longer horizon.',
    );
    return undefined;
  }
  return window;
}

/** Facts may be late by so much and still find every window whole. */
const horizonSlackDays = 31;
