/**
 * An exported log: one record a line, without loss, so that folding the file gives what folding the log gave.
 *
 * A fact is written as its canonical object, which people and other tools read, with its place in the log and its
 * business day beside it. Where reading that back would not give exactly the same event (a foreign writer's record), and
 * for control records, the line holds the log's own words instead: `PurchaseRecorded` beside `purchase`. Which of the
 * two it is, is found by trying, so that no list of exceptions can be incomplete.
 */
import type { Buffer } from 'node:buffer';
import type { CustomerEvent, LogRecord } from '@tierflow/customer/events';
import { isCalibratedPrograms, isCalibratedRankings } from './calibrated-lists.ts';
import { FieldReader, type JsonObject } from './field-reader.ts';
import { formatCanonical } from './format-canonical.ts';
import { logWords, type NamedWord, type Word, type WrittenRecord } from './log-words.ts';
import { readCustomerEvent } from './read-customer-event.ts';
import { readJsonLine } from './read-json.ts';
import type { Rejected } from './rejection.ts';

/** A record is at most a megabyte or so; escaped as JSON it may grow sixfold. */
const logLineBytesMax = 16 * 1024 * 1024;

const place = ['partition', 'offset', 'timestamp', 'key'] as const;
const stamp = [...place, 'businessDay', 'bootstrap', 'amountBaseMinor'];

export type LogLine = { readonly ok: true; readonly partition: number; readonly record: LogRecord } | Rejected;

const controlTypes = [
  'LogOpened',
  'ClockTicked',
  'PolicyPublished',
  'SliceSwept',
  'RolloutDirected',
  'ThresholdsCalibrated',
  'Unreadable',
] as const;
type ControlType = (typeof controlTypes)[number];

/** `sliceSwept` → `SliceSwept`, and facts in the log's own words by their own name. */
const typeByName = new Map<string, WrittenRecord['type']>(
  (Object.keys(logWords) as WrittenRecord['type'][]).map(type => [nameOf(type), type]),
);

export function formatLogLine(record: LogRecord, partition: number, digits: number): string {
  const { offset, timestamp, key, event } = record;
  const at = { partition, offset, timestamp, key };
  if (!isControl(event.type)) {
    const canonical = stampedCanonical(event as CustomerEvent, digits);
    if (canonical !== null) return JSON.stringify({ ...at, ...canonical });
  }
  return JSON.stringify({ ...at, ...event, type: nameOf(event.type), ...writeAttributes(event) }, writeNumber);
}

export function parseLogLine(line: Buffer | string, digits: number): LogLine {
  const json = readJsonLine(line, logLineBytesMax);
  if (!json.ok) return json;
  const fields = new FieldReader(json.value);
  const partition = fields.integer('partition');
  const offset = fields.integer('offset');
  const timestamp = fields.integer('timestamp');
  const key = json.value.key === null ? null : fields.string('key');
  const type = typeByName.get(fields.string('type'));
  const event = type === undefined ? readStamped(fields, digits) : readWords(type, json.value, fields);
  if (fields.rejected) return fields.rejected;
  return { ok: true, partition, record: { offset, timestamp, key, event: event! } };
}

/** The canonical object with what the door added to it; null where it does not read back to the same event. */
function stampedCanonical(event: CustomerEvent, digits: number): JsonObject | null {
  const canonical = formatCanonical(event, digits);
  if (canonical === null) return null;
  const isConverted = 'amountBaseMinor' in event && event.amountBaseMinor !== event.amountMinor;
  const stamped = {
    ...canonical,
    businessDay: event.businessDay,
    ...(event.bootstrap ? { bootstrap: true } : {}),
    ...(isConverted ? { amountBaseMinor: event.amountBaseMinor } : {}),
  };
  // By way of the text, because a number such as −0 is another one there.
  const fields = new FieldReader(JSON.parse(JSON.stringify(stamped)));
  const readBack = readStamped(fields, digits);
  return fields.rejected === null && readBack !== null && isSame(readBack, event) ? stamped : null;
}

function readStamped(fields: FieldReader, digits: number): CustomerEvent | null {
  const businessDay = fields.integer('businessDay');
  return readCustomerEvent(fields, {
    baseDigits: digits,
    conversion: null,
    nowMs: null,
    defaultSource: null,
    position: stamp,
    businessDayOf: () => businessDay,
    bootstrap: fields.optionalBoolean('bootstrap'),
  });
}

function readWords(type: WrittenRecord['type'], object: JsonObject, fields: FieldReader): WrittenRecord {
  const words: Readonly<Record<string, Word>> = logWords[type];
  fields.onlyKnown(new Set(['type', ...place, ...Object.keys(words)]));
  const event: Record<string, unknown> = { type };
  for (const [field, word] of Object.entries(words)) {
    event[field] = typeof word === 'string' ? readWord(word, field, object, fields) : fields.choice(field, word);
  }
  return event as unknown as WrittenRecord;
}

function readWord(word: NamedWord, field: string, object: JsonObject, fields: FieldReader): unknown {
  const value = word === 'attributes' ? readAttributes(object[field]) : readNumber(object[field]);
  // An earlier release may not have known the field: its default is null, as it is on the wire.
  if (value === undefined && word.endsWith('?')) return null;
  if (value === undefined) fields.reject('missingField', { field });
  else if (!holds(word, value)) fields.reject('wrongType', { field, value, expected: word });
  return value;
}

function holds(word: NamedWord, value: unknown): boolean {
  if (word === 'attributes') return typeof value === 'object' && value !== null && Object.values(value).every(isScalar);
  if (word === 'calibratedPrograms') return isCalibratedPrograms(value);
  if (word === 'calibratedRankings') return isCalibratedRankings(value);
  return word.endsWith('?') ? value === null || typeof value === word.slice(0, -1) : typeof value === word;
}

function isScalar(value: unknown): boolean {
  return value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** JSON has no NaN, no infinities and no -0, but a double of a foreign writer may be one. */
function writeNumber(_key: string, value: unknown): unknown {
  if (typeof value !== 'number' || (Number.isFinite(value) && !Object.is(value, -0))) return value;
  return { double: Object.is(value, -0) ? '-0' : String(value) };
}

function readNumber(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'double' in value ? Number(value.double) : value;
}

/** As pairs, because a foreign writer's key may be one that no JSON line may have. */
function writeAttributes(event: WrittenRecord): JsonObject {
  return event.type === 'ProfileUpdated' ? { attributes: Object.entries(event.attributes) } : {};
}

function readAttributes(value: unknown): unknown {
  if (!Array.isArray(value) || !value.every(pair => Array.isArray(pair) && typeof pair[0] === 'string')) return value;
  return Object.fromEntries(value.map(([key, attribute]) => [key, readNumber(attribute)]));
}

function isSame(a: CustomerEvent, b: CustomerEvent): boolean {
  return isSameObject(a, b, (left, right) =>
    typeof left === 'object' && left !== null && typeof right === 'object' && right !== null
      ? isSameObject(left, right, Object.is)
      : Object.is(left, right),
  );
}

function isSameObject(a: object, b: object, isSameValue: (a: unknown, b: unknown) => boolean): boolean {
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every(key => Object.hasOwn(b, key) && isSameValue((a as JsonObject)[key], (b as JsonObject)[key]));
}

function isControl(type: WrittenRecord['type']): type is ControlType {
  return (controlTypes as readonly string[]).includes(type);
}

function nameOf(type: WrittenRecord['type']): string {
  return isControl(type) ? type[0]!.toLowerCase() + type.slice(1) : type;
}
