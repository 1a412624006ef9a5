/** One source of a sources file: what its format allows, and its mapping. */
import { businessDayIn, isTimeZone } from '../business-day.ts';
import type { Conversion } from '../canonical/conversion.ts';
import { reject } from '../canonical/rejection.ts';
import { currencyDigits } from '../currency.ts';
import type { Path } from '../yaml/yaml-source.ts';
import { compileEvent, type MappingContext } from './compile-event.ts';
import { addUnknownZone } from './compile-field.ts';
import type { ProblemList } from './problem-list.ts';
import type { Scope } from './scope.ts';
import type { MappedEvent, Source, SourceRecord } from './source.ts';
import type { SourceDocument } from './sources-schema.ts';

export interface CompileContext {
  readonly zone: string;
  readonly conversion: Conversion;
  readonly currenciesWithRate: ReadonlySet<string>;
  readonly problems: ProblemList;
}

const recordBytesMaxByDefault = 1_048_576;
/** With partition, offset and part behind it the topic's name must fit into an event's id. */
const topicInIdMax = 80;

export function compileSource(name: string, document: SourceDocument, context: CompileContext): Source {
  const at: Path = ['sources', name];
  const { problems, conversion } = context;
  checkSettings(name, document, at, problems);

  const isTable = document.format === 'csv' || document.format === 'xlsx';
  const baseDigits = currencyDigits(conversion.baseCurrency) ?? 0;
  const mappingContext: MappingContext = {
    isTable,
    zone: document.zone !== undefined && isTimeZone(document.zone) ? document.zone : null,
    deploymentZone: context.zone,
    baseCurrency: conversion.baseCurrency,
    baseDigits,
    currenciesWithRate: context.currenciesWithRate,
    firstNames: new Map(),
    problems,
    keyLine: document.key === undefined ? null : problems.lineOf([...at, 'key']),
    hasParts: document.events.length > 1 || document.events[0]?.forEach !== undefined,
  };
  const mappings = document.events.map((event, index) => compileEvent(event, [...at, 'events', index], mappingContext));
  const businessDayOf = businessDayIn(context.zone);
  const noPosition: readonly string[] = [];

  return {
    name,
    format: document.format,
    topic: document.topic ?? null,
    startAt: document.startAt ?? 'earliest',
    sheet: document.sheet ?? null,
    delimiter: document.delimiter ?? ',',
    recordBytesMax: document.recordBytesMax ?? recordBytesMaxByDefault,
    columns: isTable ? mappingContext.firstNames : new Map(),
    types: [...new Set(document.events.map(({ type }) => type))],
    map(record: SourceRecord, nowMs: number): readonly MappedEvent[] {
      const terms = {
        baseDigits,
        conversion,
        nowMs,
        defaultSource: name,
        position: noPosition,
        businessDayOf,
        bootstrap: false,
      };
      const scope: Scope = { record, element: record.value, event: {}, rejected: null };
      const events: MappedEvent[] = [];
      let part = 0;
      try {
        for (const mapping of mappings) part += mapping(scope, terms, part, events);
      } catch (error) {
        // A defect of ours, but one record must not hold up all that come after it. Kept whole, so that its replay
        // gives all of its events together.
        return [{ ...reject('mappingFailed', { value: String(error) }), field: null, part: null }];
      }
      return events;
    },
  };
}

function checkSettings(name: string, document: SourceDocument, at: Path, problems: ProblemList): void {
  const { format, topic, zone, delimiter } = document;
  if (!/^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$/u.test(name)) {
    problems.addKey(['sources'], name, 'is no name for a source', 'Use up to 64 letters, digits, dots, _ and -.');
  }
  const isTable = format === 'csv' || format === 'xlsx';
  if (isTable) {
    for (const key of ['topic', 'startAt', 'key'] as const) {
      if (document[key] === undefined) continue;
      problems.addKey(at, key, `does not belong to ${format}`, 'Remove it; the command line names the file.');
    }
  } else if (topic === undefined) {
    problems.add(at, 'has no topic', `Add topic: the Kafka topic of its ${format} records.`);
  } else if (!/^[A-Za-z0-9._-]{1,249}$/.test(topic) || topic === '.' || topic === '..') {
    problems.add(
      [...at, 'topic'],
      `is ${JSON.stringify(topic)}, which Kafka does not allow`,
      'Use letters, digits, . _ -.',
    );
  } else if (topic.length > topicInIdMax) {
    document.events.forEach((event, index) => {
      if (event.eventId !== undefined) return;
      const remedy = 'Give it an eventId: the name of the topic is too long to make ids of.';
      problems.add([...at, 'events', index], 'has no eventId', remedy);
    });
  }
  if (document.sheet !== undefined && format !== 'xlsx') {
    problems.addKey(at, 'sheet', `does not belong to ${format}`, 'Remove it; workbooks (xlsx) have sheets.');
  }
  if (delimiter !== undefined && format !== 'csv') {
    problems.addKey(at, 'delimiter', `does not belong to ${format}`, 'Remove it; csv files have a delimiter.');
  } else if (delimiter !== undefined && !/^[^\w"\r\n.]$/.test(delimiter)) {
    problems.add([...at, 'delimiter'], `is ${JSON.stringify(delimiter)}`, 'Write one character, like ";" or "\\t".');
  }
  if (zone !== undefined && !isTimeZone(zone)) addUnknownZone(problems, [...at, 'zone'], zone);
}
