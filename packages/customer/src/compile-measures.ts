/**
 * All measures of a document, those first that another one reads. A measure's position is its place in the document, so
 * that what refers to it does not depend on the order in which they are worked out.
 */
import type { AccumulatorTable } from './accumulator-table.ts';
import { compileAttribute, compileScore } from './compile-derived-measure.ts';
import { compileExpressionMeasure } from './compile-expression-measure.ts';
import { compileFactMeasure } from './compile-fact-measure.ts';
import type { CompileOptions } from './compile-policy.ts';
import { readsOf } from './measure-reads.ts';
import type { Measure, SinceCrossing } from './policy.ts';
import type { MeasureDocument } from './policy-document.ts';
import { type Path, type PolicyReport, shown } from './policy-report.ts';

/**
 * Every reading of a measure works it out anew, with all that it reads itself. A chain in which each reads the two before
 * it would take for ever; honest ones read a handful.
 */
const readingsMax = 300;

export interface PlacedMeasure {
  readonly measure: Measure;
  readonly position: number;
}

/** Another measure by name; null where it is none or wrong itself, which is reported, with the place in the text. */
export type MeasureReader = (name: string, path: Path, place?: string) => PlacedMeasure | null;

export function compileMeasures(
  documents: Readonly<Record<string, MeasureDocument>>,
  table: AccumulatorTable,
  crossings: SinceCrossing[],
  options: CompileOptions,
  report: PolicyReport,
): Measure[] {
  const names = Object.keys(documents);
  const compiled = new Map<string, Measure | null>();
  const readings = new Map<string, number>();
  const underWay: string[] = [];

  const compile = (name: string): void => {
    underWay.push(name);
    const measure = compileMeasure(name, documents[name]!, read);
    underWay.pop();
    compiled.set(name, measure);
    const weight = measure === null ? 0 : readsOf(measure).reduce((sum, at) => sum + readings.get(names[at]!)!, 1);
    readings.set(name, weight);
    if (weight <= readingsMax) return;
    const message = `${name} reads other measures ${weight - 1} times, by what they read in turn.`;
    report.add(
      ['measures', name],
      'tooMany',
      message,
      `Read ${readingsMax} at most: bring their chain to an end earlier.`,
    );
    compiled.set(name, null);
  };

  const read: MeasureReader = (name, path, place = '') => {
    const position = names.indexOf(name);
    if (position < 0) {
      report.add(
        path,
        'unknownMeasure',
        `There is no measure ${shown(name)}${place}.`,
        report.suggest(String(name), names),
      );
      return null;
    }
    if (underWay.includes(name)) {
      const circle = [...underWay.slice(underWay.indexOf(name)), name].join(', which reads ');
      report.add(
        path,
        'badMeasure',
        `A measure cannot read itself${place}: ${circle}.`,
        'Let one of them read something else.',
      );
      return null;
    }
    if (!compiled.has(name)) compile(name);
    const measure = compiled.get(name)!;
    return measure === null ? null : { measure, position };
  };

  const compileMeasure = (name: string, document: MeasureDocument, reader: MeasureReader): Measure | null => {
    switch (document.op) {
      case 'attribute':
        return compileAttribute(name, document, report);
      case 'score':
        return compileScore(name, document, reader, crossings, report);
      case 'expression':
        return compileExpressionMeasure(name, document, reader, options.baseCurrencyDigits, report);
      default:
        return compileFactMeasure(name, document, table, options, report);
    }
  };

  for (const name of names) {
    report.checkName(['measures', name], name);
    if (!compiled.has(name)) compile(name);
  }
  return names.flatMap(name => compiled.get(name) ?? []);
}
