/**
 * One entry of `events` to a mapping. It makes the canonical form of an event out of a record and has it read as every
 * other door does, so there is one judgement of what an event may be; what is rejected is then told in the record's own
 * names, with the line of the sources file that asks for the value.
 */

import { nearestName } from '@tierflow/customer/nearest-name';
import { FieldReader, isForbiddenKey } from '../canonical/field-reader.ts';
import { readCustomerEvent, type Terms } from '../canonical/read-customer-event.ts';
import { type Rejected, type RejectionReason, reject } from '../canonical/rejection.ts';
import type { Path } from '../yaml/yaml-source.ts';
import { compileCondition } from './compile-condition.ts';
import { type CompiledField, compileField, compilePath, type FieldContext } from './compile-field.ts';
import { kindOf, mappedFields, neededFields, possibleFields } from './field-kinds.ts';
import { placeInRecord, type RecordPath, readerOf } from './record-path.ts';
import type { RejectedRecord } from './rejected-record.ts';
import type { Scope } from './scope.ts';
import type { MappedEvent } from './source.ts';
import type { EventDocument } from './sources-schema.ts';

/** Adds what the record gives to `out`; returns how many parts of the record it has seen. */
export type EventMapping = (scope: Scope, terms: Terms, firstPart: number, out: MappedEvent[]) => number;

export interface MappingContext extends FieldContext {
  /** Where the source asks that key and customer are equal; null: it does not. */
  readonly keyLine: number | null;
  /** Whether its records are taken apart at all; else a rejection concerns the whole record. */
  readonly hasParts: boolean;
}

/** Where a value comes from. */
interface Origin {
  readonly paths: readonly RecordPath[];
  readonly line: number;
}

const partsMax = 1000;

export function compileEvent(document: EventDocument, at: Path, context: MappingContext): EventMapping {
  const { problems, keyLine, hasParts } = context;
  checkFields(document, at, context);
  const list = document.forEach === undefined ? null : compilePath(document.forEach, [...at, 'forEach'], context);
  const listOrigin: Origin = { paths: list ? [list] : [], line: problems.lineOf([...at, 'forEach']) };
  const readList = list && readerOf(list);
  const { ofRecord, ofElement } = compileConditions(document, at, list, context);
  const fields = compileFields(document, at, context);
  const origins = new Map<string, Origin>(fields.flatMap(field => [field, ...field.parts]).map(f => [f.name, f]));
  const isNamed = document.eventId !== undefined;
  const { type } = document;

  const explain = (rejected: Rejected<RejectionReason>, origin: Origin | undefined, index: number) => {
    if (origin === undefined) return { ...rejected, field: null };
    const places = origin.paths.map(path => placeInRecord(path, list, index));
    const place = places.length === 0 ? null : places.join(' + ');
    const { en, zh } = rejected.message;
    return {
      ...rejected,
      field: place,
      message: {
        en: `${en} (${place === null ? 'set' : `${place}, mapped`} in line ${origin.line})`,
        zh: `${zh}（${place === null ? '设定' : `${place}，映射`}见第 ${origin.line} 行）`,
      },
    };
  };

  /** null: a condition says that there is none. */
  const makeEvent = (scope: Scope, terms: Terms, part: number, index: number): MappedEvent | null => {
    const refused = (rejected: Rejected<RejectionReason>, origin: Origin | undefined): RejectedRecord => ({
      ...explain(rejected, origin, index),
      part: hasParts ? part : null,
    });
    for (const condition of ofElement) {
      if (condition.holds(scope)) continue;
      return scope.rejected && refused(scope.rejected, { ...condition, paths: [condition.path] });
    }
    const made: Record<string, unknown> = { type };
    scope.event = made;
    if (!isNamed) made.eventId = `${scope.record.origin}#${part}`;
    for (const { name, read } of fields) {
      const value = read(scope);
      if (scope.rejected !== null) return refused(scope.rejected, origins.get(scope.rejected.field ?? ''));
      if (value !== undefined) made[name] = value;
    }
    const reader = new FieldReader(made);
    const event = readCustomerEvent(reader, terms);
    if (reader.rejected !== null) return refused(reader.rejected, origins.get(reader.rejected.field ?? ''));
    if (keyLine !== null && scope.record.key !== event!.customerId) {
      const { key } = scope.record;
      const rejected = reject('keyDiffers', { field: '$key', value: key, expected: JSON.stringify(event!.customerId) });
      return refused(rejected, { paths: [keyPath], line: keyLine });
    }
    return { ok: true, event: event! };
  };

  return (scope, terms, firstPart, out) => {
    scope.element = scope.record.value;
    scope.rejected = null;
    const elements = readList === null ? null : readList(scope);
    // Parts that a condition passes over are counted, so that the ids made of their numbers do not depend on it.
    const partCount = Array.isArray(elements) ? elements.length : 1;
    for (const condition of ofRecord) {
      if (condition.holds(scope)) continue;
      if (scope.rejected) {
        out.push({ ...explain(scope.rejected, { ...condition, paths: [condition.path] }, 0), part: null });
      }
      return partCount;
    }
    if (readList === null) {
      const event = makeEvent(scope, terms, firstPart, 0);
      if (event !== null) out.push(event);
      return 1;
    }
    if (!Array.isArray(elements)) {
      out.push({ ...explain(reject('notAList', { field: 'forEach', value: elements }), listOrigin, 0), part: null });
      return 1;
    }
    if (elements.length > partsMax) {
      const particulars = { field: 'forEach', value: elements.length, expected: partsMax };
      out.push({ ...explain(reject('tooManyParts', particulars), listOrigin, 0), part: null });
      return partCount;
    }
    for (let index = 0; index < elements.length; index++) {
      scope.element = elements[index];
      scope.rejected = null;
      const event = makeEvent(scope, terms, firstPart + index, index);
      if (event !== null) out.push(event);
    }
    return partCount;
  };
}

const keyPath: RecordPath = { text: '$key', start: 'key', segments: [] };

function checkFields(document: EventDocument, at: Path, { problems }: MappingContext): void {
  const possible = possibleFields(document.type);
  for (const field of [...mappedFields, 'attributes'] as const) {
    if (document[field] === undefined || possible.includes(field)) continue;
    const meant = nearestName(field, possible);
    const remedy = meant === null ? `Remove it; it has ${possible.join(', ')}.` : `Did you mean ${meant}?`;
    problems.addKey(at, field, `is no field of ${document.type}`, remedy);
  }
  const missing = neededFields(document.type).filter(field => document[field as keyof EventDocument] === undefined);
  if (missing.length > 0) {
    const remedy = `Say where ${missing.length === 1 ? 'it comes' : 'they come'} from: a path, or { const: … }.`;
    problems.add(at, `gives events of type ${document.type} without ${missing.join(', ')}`, remedy);
  }
}

/** What concerns the record as a whole is asked before its list is read, which may then be missing. */
function compileConditions(document: EventDocument, at: Path, list: RecordPath | null, context: MappingContext) {
  const { when } = document;
  const placed =
    when === undefined
      ? []
      : Array.isArray(when)
        ? when.map((condition, index) => [condition, [...at, 'when', index]] as const)
        : [[when, [...at, 'when']] as const];
  const conditions = placed.flatMap(([condition, place]) => {
    if (list !== null && condition.path === list.text) {
      const remedy = `Write ^.${list.text} to ask about the record.`;
      context.problems.add([...place, 'path'], `is ${list.text} within the elements of ${list.text}`, remedy);
    }
    return compileCondition(condition, place, context) ?? [];
  });
  const isOfRecord = conditions.map(({ path }) => list !== null && path.start !== 'element');
  return {
    ofRecord: conditions.filter((_, index) => isOfRecord[index]),
    ofElement: conditions.filter((_, index) => !isOfRecord[index]),
  };
}

type EventField = CompiledField & { readonly parts: readonly CompiledField[] };

function compileFields(document: EventDocument, at: Path, context: MappingContext): EventField[] {
  const possible = possibleFields(document.type);
  const fields: EventField[] = [];
  for (const name of mappedFields) {
    const field = document[name];
    if (field === undefined || !possible.includes(name)) continue;
    const kind = kindOf(name, document.type);
    fields.push({ ...compileField(name, kind, field, [...at, name], context), parts: [] });
  }
  // Amounts in minor units are read by the digits of the currency.
  fields.sort((a, b) => Number(b.name === 'currency') - Number(a.name === 'currency'));
  if (document.attributes !== undefined && document.type === 'profile') {
    fields.push(compileAttributes(document.attributes, [...at, 'attributes'], context));
  }
  return fields;
}

const attributesMax = 50;

function compileAttributes(
  attributes: NonNullable<EventDocument['attributes']>,
  at: Path,
  context: MappingContext,
): EventField {
  const { problems } = context;
  const entries = Object.entries(attributes);
  if (entries.length === 0) problems.add(at, 'is empty', 'Name an attribute and where it comes from.');
  if (entries.length > attributesMax) {
    problems.add(at, `names ${entries.length} attributes`, `Keep the ${attributesMax} that measures use.`);
  }
  const compiled = entries.map(([key, field]) => {
    if (key.length > 64 || isForbiddenKey(key)) problems.addKey(at, key, 'is too long', 'Use 64 characters at most.');
    return { key, ...compileField(`attributes.${key}`, 'attribute', field, [...at, key], context) };
  });
  const read = (scope: Scope): unknown => {
    const made: Record<string, unknown> = {};
    for (const { key, read: readAttribute } of compiled) {
      const value = readAttribute(scope);
      if (value !== undefined) made[key] = value;
    }
    return made;
  };
  return { name: 'attributes', read, paths: [], line: problems.lineOf(at), parts: compiled };
}
