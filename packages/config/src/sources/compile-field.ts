/**
 * A field of a mapping to a reader: find the value, look it up in the map, turn it into what the canonical form expects.
 * Everything that the sources file decides is decided here, once; a record costs the steps that are left.
 */

import { nearestName } from '@tierflow/customer/nearest-name';
import { isTimeZone } from '../business-day.ts';
import { FieldReader } from '../canonical/field-reader.ts';
import type { Rejected } from '../canonical/rejection.ts';
import { currencyCodes } from '../currency.ts';
import type { Path } from '../yaml/yaml-source.ts';
import { dateToTime, epochToTime, isoToTime, parseTimeFormat } from './convert-time.ts';
import {
  asIs,
  type Convert,
  textToBoolean,
  textToNumber,
  toAttribute,
  toMoneyText,
  toSeconds,
  toText,
} from './convert-value.ts';
import { type FieldKind, overrideKinds, unitsByKind } from './field-kinds.ts';
import type { ProblemList } from './problem-list.ts';
import { parsePath, type RecordPath, readerOf } from './record-path.ts';
import { refuse, type Scope } from './scope.ts';
import type { FieldDocument, FieldForm, Scalar } from './sources-schema.ts';

/** undefined: missing, or refused, which is then in the scope. */
export type Read = (scope: Scope) => unknown;

export interface CompiledField {
  /** `amount`, `attributes.region`. */
  readonly name: string;
  readonly read: Read;
  /** Where its value comes from; none for a constant. */
  readonly paths: readonly RecordPath[];
  readonly line: number;
}

export interface FieldContext {
  readonly isTable: boolean;
  /** Of times that say no offset; null: they are refused. */
  readonly zone: string | null;
  readonly deploymentZone: string;
  readonly baseCurrency: string;
  readonly baseDigits: number;
  readonly currenciesWithRate: ReadonlySet<string>;
  /** The names that paths begin with, and the line of the first one to do so. */
  readonly firstNames: Map<string, number>;
  readonly problems: ProblemList;
}

/** What stands where, besides the value itself. */
const optionsOf: Partial<Record<FieldKind | 'attribute', readonly (keyof FieldForm)[]>> = {
  money: ['unit', 'decimal', 'absolute'],
  time: ['unit', 'zone', 'format'],
  seconds: ['unit'],
};
const allOptions = ['unit', 'zone', 'format', 'decimal', 'absolute'] as const;

export function compileField(
  name: string,
  kind: FieldKind | 'attribute',
  document: FieldDocument,
  at: Path,
  context: FieldContext,
): CompiledField {
  const form: FieldForm = typeof document === 'string' ? { path: document } : document;
  const { problems } = context;
  checkOptions(kind, form, at, problems);
  const origin = compileOrigin(form, at, context);
  const convert = converterOf(name, kind, form, at, context);
  for (const { value, path } of constantsOf(form, at)) checkConstant(name, kind, value, path, convert, context);

  const { otherwise } = form;
  const fallback = form.default;
  const find = origin.read;
  const map = form.map === undefined ? null : new Map(Object.entries(form.map));
  const known = map === null ? [] : [...map.keys()];
  const lookUp = (value: unknown, scope: Scope): unknown => {
    if (map === null) return value;
    if (typeof value === 'object') return refuse(scope, 'wrongType', { field: name, value, expected: 'scalar' });
    const target = map.get(String(value)) ?? otherwise;
    return target === undefined ? refuse(scope, 'unmappedValue', { field: name, value, known }) : target;
  };
  const read: Read = scope => {
    const found = find(scope);
    const value = found === undefined ? fallback : lookUp(found, scope);
    return value === undefined ? undefined : convert(value, scope, name);
  };
  return { name, read, paths: origin.paths, line: problems.lineOf(at) };
}

function checkOptions(kind: FieldKind | 'attribute', form: FieldForm, at: Path, problems: ProblemList): void {
  const origins = (['path', 'const', 'join'] as const).filter(key => form[key] !== undefined);
  if (origins.length !== 1) {
    problems.add(
      at,
      origins.length === 0 ? 'says no value' : `says its value twice, by ${origins.join(' and ')}`,
      'Give exactly one of path, const and join.',
    );
  }
  const allowed = optionsOf[kind] ?? [];
  for (const option of allOptions) {
    if (form[option] !== undefined && !allowed.includes(option)) {
      problems.addKey(at, option, 'does not belong here', `Remove it; ${belongsTo[option]}.`);
    }
  }
  const units = kind === 'attribute' ? undefined : unitsByKind[kind];
  if (form.unit !== undefined && units !== undefined && !units.includes(form.unit)) {
    const meant = nearestName(form.unit, units);
    const remedy = `${meant === null ? '' : `Did you mean ${meant}? `}Use one of ${units.join(', ')}.`;
    problems.add([...at, 'unit'], `is ${JSON.stringify(form.unit)}, which is no unit of this field`, remedy);
  }
  if (form.with !== undefined && form.join === undefined) {
    problems.addKey(at, 'with', 'stands without join', 'Remove it, or join several paths.');
  }
  if (form.otherwise !== undefined && form.map === undefined) {
    problems.addKey(at, 'otherwise', 'stands without map', 'Use default where a value may be missing.');
  }
  if (form.const !== undefined && (form.map !== undefined || form.default !== undefined)) {
    problems.add(at, 'is constant, so map and default never count', 'Keep const alone.');
  }
  if (form.map !== undefined && Object.keys(form.map).length === 0) {
    problems.add([...at, 'map'], 'is empty', 'Name each value and what it becomes.');
  }
}

const belongsTo = {
  unit: 'units are for amounts, times and responseSeconds',
  zone: 'a zone is for occurredAt',
  format: 'a format is for occurredAt',
  decimal: 'decimal is for amounts',
  absolute: 'absolute is for amounts',
} as const;

function compileOrigin(
  form: FieldForm,
  at: Path,
  context: FieldContext,
): { readonly read: Read; readonly paths: readonly RecordPath[] } {
  if (form.const !== undefined) {
    const constant = form.const;
    return { read: () => constant, paths: [] };
  }
  const places: readonly (readonly [string, Path])[] =
    form.join?.map((text, index) => [text, [...at, 'join', index]] as const) ??
    (form.path === undefined ? [] : [[form.path, at]]);
  const paths = places.flatMap(([text, place]) => compilePath(text, place, context) ?? []);
  const readers = paths.map(readerOf);
  if (form.join === undefined) return { read: readers[0] ?? (() => undefined), paths };

  const separator = form.with ?? '-';
  const read: Read = scope => {
    let joined = '';
    for (let index = 0; index < readers.length; index++) {
      const value = readers[index]!(scope);
      // A name with a part missing would be the name of something else; an object is refused by whoever reads it.
      if (value === undefined || typeof value === 'object') return value;
      joined += index === 0 ? value : separator + value;
    }
    return joined;
  };
  return { read, paths };
}

/** null: its problem is in the list. */
export function compilePath(
  text: string,
  at: Path,
  { problems, isTable, firstNames }: FieldContext,
): RecordPath | null {
  const parsed = parsePath(text);
  if (!parsed.ok) {
    problems.add(at, `cannot be read. ${parsed.message.slice(0, -1)}`, parsed.remedy);
    return null;
  }
  const { path } = parsed;
  if (isTable && (path.start === 'key' || path.start === 'timestamp')) {
    problems.add(at, `is ${text}, which rows of a table do not have`, 'Name a column.');
  }
  const first = path.segments[0];
  if (typeof first === 'string' && !firstNames.has(first)) firstNames.set(first, problems.lineOf(at));
  return path;
}

function converterOf(
  name: string,
  kind: FieldKind | 'attribute',
  form: FieldForm,
  at: Path,
  context: FieldContext,
): Convert {
  const toNumber = context.isTable ? textToNumber : asIs;
  switch (kind) {
    case 'id':
    case 'label':
    case 'choice':
    case 'text':
    case 'currency':
      return toText;
    case 'money': {
      const { unit, decimal, absolute } = form;
      return toMoneyText({ unit, decimal, absolute, baseDigits: name === 'cost' ? context.baseDigits : null });
    }
    case 'seconds':
      return toSeconds(form.unit, toNumber);
    case 'number':
      return toNumber;
    case 'boolean':
      return context.isTable ? textToBoolean : asIs;
    case 'attribute':
      return toAttribute;
    case 'date':
      return asIs;
    case 'time':
      return timeConverter(form, at, context);
  }
}

function timeConverter(form: FieldForm, at: Path, context: FieldContext): Convert {
  const { problems, deploymentZone } = context;
  if (form.zone !== undefined && !isTimeZone(form.zone)) {
    addUnknownZone(problems, [...at, 'zone'], form.zone);
    return asIs;
  }
  const zone = form.zone ?? context.zone;
  if (form.format !== undefined) {
    if (form.unit !== undefined) problems.addKey(at, 'unit', 'stands beside format', 'Keep one of the two.');
    const format = parseTimeFormat(form.format);
    if (!format.ok) {
      problems.add(
        [...at, 'format'],
        `is ${JSON.stringify(form.format)}, which does not say year, month and day`,
        'Write it with the tokens of Luxon, like dd.MM.yyyy HH:mm; put plain letters in single quotes.',
      );
      return asIs;
    }
    if (format.says === 'time' && zone === null) {
      problems.add([...at, 'format'], 'says no offset, and there is no zone', 'Give the source a zone, or read ZZ.');
    }
    return format.toTime(zone ?? deploymentZone);
  }
  switch (form.unit) {
    case 'epochSeconds':
    case 'epochMillis':
      return epochToTime(form.unit);
    case 'date':
      return dateToTime(zone ?? deploymentZone);
    default:
      return isoToTime(zone);
  }
}

export function addUnknownZone(problems: ProblemList, at: Path, zone: string): void {
  if (problems.isFull) return;
  const meant = nearestName(zone, Intl.supportedValuesOf('timeZone'));
  const remedy = meant === null ? 'Write an IANA name, like Europe/Berlin.' : `Did you mean ${meant}?`;
  problems.add(at, `is ${JSON.stringify(zone)}, which is no time zone`, remedy);
}

function constantsOf({ const: constant, otherwise, default: fallback, map }: FieldForm, at: Path) {
  const constants: { readonly value: Scalar; readonly path: Path }[] = [];
  if (constant !== undefined) constants.push({ value: constant, path: [...at, 'const'] });
  if (otherwise !== undefined) constants.push({ value: otherwise, path: [...at, 'otherwise'] });
  if (fallback !== undefined) constants.push({ value: fallback, path: [...at, 'default'] });
  for (const [key, value] of Object.entries(map ?? {})) constants.push({ value, path: [...at, 'map', key] });
  return constants;
}

/** A value that the file itself states is read as a record's value would be: what no event can hold is found now. */
function checkConstant(
  name: string,
  kind: FieldKind | 'attribute',
  value: Scalar,
  at: Path,
  convert: Convert,
  { problems, baseCurrency, currenciesWithRate }: FieldContext,
): void {
  if (kind === 'currency') {
    const code = String(value);
    if (!currencyCodes.has(code)) {
      const meant = nearestName(code, currencyCodes);
      const remedy = meant === null ? 'Write the three capitals of ISO 4217.' : `Did you mean ${meant}?`;
      problems.add(at, `is ${JSON.stringify(value)}, which is no currency of ISO 4217`, remedy);
    } else if (code !== baseCurrency && !currenciesWithRate.has(code)) {
      const remedy = `Add rates: { ${code}: [{ from: 2024-01-01, rate: "…" }] }.`;
      problems.add(at, `is ${code}, and there is no rate from it to ${baseCurrency}`, remedy);
    }
    return;
  }
  const scope: Scope = {
    record: { origin: '', key: null, timestamp: null, value: null },
    element: null,
    event: { currency: baseCurrency },
    rejected: null,
  };
  const converted = convert(value, scope, name);
  const rejected = scope.rejected ?? readConstant(name, kind, converted);
  if (rejected) problems.add(at, `cannot be ${JSON.stringify(value)}`, rejected.message.en);
}

function readConstant(name: string, kind: FieldKind | 'attribute', value: unknown): Rejected | null {
  const fields = new FieldReader({ [name]: value, attributes: { [name]: value } });
  const digits = 4;
  if (kind === 'id') fields.id(name);
  else if (kind === 'label') fields.label(name);
  else if (kind === 'text') fields.text(name);
  else if (kind === 'choice') fields.choice(name, overrideKinds);
  else if (kind === 'time') fields.instant(name);
  else if (kind === 'date') fields.optionalDate(name);
  else if (kind === 'seconds') fields.optionalSeconds(name);
  else if (kind === 'number') fields.number(name);
  else if (kind === 'boolean') fields.optionalBoolean(name);
  else if (kind === 'attribute') fields.attributes('attributes');
  else if (name === 'amount') fields.positiveAmount(name, digits, '');
  else if (name === 'cost') fields.optionalAmountNotNegative(name, digits);
  else if (kind === 'money') fields.optionalAmount(name, digits);
  return fields.rejected;
}
