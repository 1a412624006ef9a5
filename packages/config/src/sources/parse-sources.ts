/**
 * A sources file to the sources that it declares. Three checks follow one another, because each needs the one before:
 * the YAML, the shape, and what it means. The problems of the first one that finds any are reported, all of them.
 */

import { nearestName } from '@tierflow/customer/nearest-name';
import { parseCivilDay } from '../canonical/instant.ts';
import { currencyCodes } from '../currency.ts';
import { type FileProblem, inOrder } from '../yaml/file-problem.ts';
import { explainShape } from '../yaml/shape-problem.ts';
import { readYaml } from '../yaml/yaml-source.ts';
import { compileSource } from './compile-source.ts';
import { createConversion, type DatedRate, parseRate } from './exchange-rates.ts';
import { ProblemList } from './problem-list.ts';
import type { Source } from './source.ts';
import { type SourcesDocument, sourcesSchema, sourcesShape } from './sources-schema.ts';

export interface SourcesContext {
  /** The deployment's: it parts the business days. */
  readonly zone: string;
  readonly baseCurrency: string;
}

export type SourcesResult =
  | { readonly ok: true; readonly sources: readonly Source[] }
  | { readonly ok: false; readonly problems: readonly FileProblem[] };

export function parseSources(text: string, context: SourcesContext): SourcesResult {
  const yaml = readYaml(text, 'sources:');
  if (!yaml.ok) return yaml;
  const shape = sourcesSchema.safeParse(yaml.source.value);
  if (!shape.success) {
    return { ok: false, problems: inOrder(explainShape(shape.error.issues, yaml.source, sourcesShape)) };
  }

  const problems = new ProblemList(yaml.source);
  const rates = compileRates(shape.data, context.baseCurrency, problems);
  const conversion = createConversion(context.baseCurrency, rates);
  const compileContext = { zone: context.zone, conversion, currenciesWithRate: new Set(rates.keys()), problems };
  const entries = Object.entries(shape.data.sources);
  if (entries.length === 0) problems.add(['sources'], 'is empty', 'Declare a source.');
  const sources = entries.map(([name, document]) => compileSource(name, document, compileContext));
  checkTopics(sources, problems);
  return problems.problems.length === 0 ? { ok: true, sources } : { ok: false, problems: inOrder(problems.problems) };
}

function compileRates({ rates = {} }: SourcesDocument, baseCurrency: string, problems: ProblemList) {
  const compiled = new Map<string, readonly DatedRate[]>();
  for (const [code, entries] of Object.entries(rates)) {
    if (!currencyCodes.has(code)) {
      const meant = nearestName(code, currencyCodes);
      const remedy = meant === null ? 'Write the three capitals of ISO 4217.' : `Did you mean ${meant}?`;
      problems.addKey(['rates'], code, 'is no currency of ISO 4217', remedy);
    } else if (code === baseCurrency) {
      problems.addKey(['rates'], code, 'is the base currency, which is worth itself', 'Remove it.');
    }
    const dated: DatedRate[] = [];
    entries.forEach(({ from, rate }, index) => {
      const at = ['rates', code, index];
      const fromDay = parseCivilDay(from);
      const exact = parseRate(rate);
      if (fromDay === null) {
        problems.add([...at, 'from'], `is ${JSON.stringify(from)}, which is no date`, 'Write it like 2024-05-31.');
      } else if (dated.some(earlier => earlier.fromDay >= fromDay)) {
        problems.add(
          [...at, 'from'],
          `is ${from}, not later than the one before`,
          'Put the rates in order of their dates.',
        );
      }
      if (exact === null) {
        const remedy = 'Write a positive decimal of at most 12 digits, like "6.94".';
        problems.add([...at, 'rate'], `is ${JSON.stringify(rate)}, which is no rate`, remedy);
      }
      if (fromDay !== null && exact !== null) dated.push({ fromDay, rate: exact });
    });
    compiled.set(code, dated);
  }
  return compiled;
}

/** A topic is read once: two sources of it would need two cursors. */
function checkTopics(sources: readonly Source[], problems: ProblemList): void {
  const sourceByTopic = new Map<string, string>();
  for (const { name, topic } of sources) {
    if (topic === null) continue;
    const other = sourceByTopic.get(topic);
    if (other === undefined) sourceByTopic.set(topic, name);
    else {
      const remedy = 'Put the events of both into one source, and tell them apart by when.';
      problems.add(['sources', name, 'topic'], `is ${topic}, which source ${other} reads already`, remedy);
    }
  }
}
