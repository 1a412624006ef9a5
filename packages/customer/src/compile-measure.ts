/** One measure of a policy document to what the fold reads. */
import { cells, kindCells } from '@tierflow/window/cell';
import type { AccumulatorTable } from './accumulator-table.ts';
import type { CompileOptions } from './compile-policy.ts';
import { parseWindow } from './parse-window.ts';
import type { Measure, Source, Unit, Window } from './policy.ts';
import { opsOf } from './policy.ts';
import type { MeasureDocument } from './policy-document.ts';
import type { Path, PolicyReport } from './policy-report.ts';

export function compileMeasure(
  name: string,
  document: MeasureDocument,
  table: AccumulatorTable,
  options: CompileOptions,
  report: PolicyReport,
): Measure | null {
  const path = ['measures', name];
  if (document.op === 'attribute' || document.op === 'expression' || document.op === 'score') return null;
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
  const ofInteraction = subject === 'interaction' || subject.startsWith('interaction.');
  // Of a stranger's document in the log: a kind that is no text would be another one after each reading.
  if (document.kind !== undefined && typeof document.kind !== 'string') {
    report.add([...path, 'kind'], 'badKind', 'The kind is not text.', 'Put it in quotes.');
    return null;
  }
  if (document.kind !== undefined && !ofInteraction) {
    report.add([...path, 'kind'], 'badKind', `Only interactions have a kind, ${subject} has none.`, 'Leave kind out.');
    return null;
  }
  const window = compileWindow(document.window, path, options, report);
  if (window === undefined) return null;
  const { baseCurrencyDigits } = options;
  const base = { name, windowText: document.window ?? 'lifetime', title: document.title ?? null };
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
      return { ...base, op, unit: 'instant', digits: 0, window, cell: count };
    case 'since':
      return { ...base, op, unit: 'days', digits: 0, window, cell: count };
    default:
      return null;
  }
}

function compileWindow(
  text: string | undefined,
  path: Path,
  { horizonDays }: CompileOptions,
  report: PolicyReport,
): Window | null | undefined {
  const window = parseWindow(text);
  const at = [...path, 'window'];
  if (window === undefined) {
    report.add(
      at,
      'badWindow',
      `Window ${JSON.stringify(text)} is not understood.`,
      'Write P365D for the last 365 days, or lifetime.',
    );
  } else if (window?.kind === 'rolling' && window.days > horizonDays - 31) {
    report.add(
      at,
      'beyondHorizon',
      `A window of ${window.days} days is longer than the ${horizonDays - 31} days that this log keeps tiles for.`,
      'Shorten the window, or open a namespace with a longer horizon.',
    );
  }
  return window;
}
