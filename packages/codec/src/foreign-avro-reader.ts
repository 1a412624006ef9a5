/**
 * Avro values of others to plain values, as JSON would have said them, so that one mapping language serves both: unions
 * are unwrapped, decimals are text, instants are RFC 3339 in Z, local times have no offset, dates are YYYY-MM-DD, longs
 * beyond 2^53 are digits. Bytes without a meaning are left out.
 *
 * avsc reads the schemas, not the values: a hostile length must end as a data error (record-reader.ts says more).
 */
import avsc from 'avsc';
import { AvroInput, MalformedAvro } from './avro-input.ts';
import { refuseUnbounded } from './byteless-type.ts';
import { type ForeignRejection, rejectForeign } from './foreign-rejection.ts';
import { AnnotatedType, foreignType } from './foreign-schema.ts';
import type { ForeignSchemaRegistry } from './foreign-schema-registry.ts';
import { headerBytes, schemaIdOf } from './wire-format.ts';

export type ForeignValue = { readonly ok: true; readonly value: unknown } | ForeignRejection;

type Read = (input: AvroInput) => unknown;

/** Ids come from outside: garbage must not fill the memory. */
const verdictsMax = 4096;
/** A schema may be registered after the first record that names it. */
const unknownForMs = 10_000;
/** Far more than any amount has; the digits of a number of megabytes would take minutes. */
const decimalBytesMax = 64;

interface Verdict {
  readonly rejection: ForeignRejection;
  readonly until: number;
}

export class ForeignAvroReader {
  private readonly registry: ForeignSchemaRegistry;
  private readonly recordBytesMax: number;
  private readonly readers = new Map<number, Read>();
  private readonly verdicts = new Map<number, Verdict>();
  private readonly input = new AvroInput();

  constructor(registry: ForeignSchemaRegistry, recordBytesMax: number) {
    this.registry = registry;
    this.recordBytesMax = recordBytesMax;
  }

  /** Does not wait. undefined: a schema not seen yet; `learn` it and parse again. */
  parse(bytes: Buffer | null): ForeignValue | undefined {
    if (bytes === null) return rejectForeign('nullValue');
    if (bytes.length > this.recordBytesMax) {
      return rejectForeign('tooLong', `${bytes.length} bytes, recordBytesMax: ${this.recordBytesMax}`);
    }
    const id = schemaIdOf(bytes);
    if (id === null) return rejectForeign('notAvro');
    const read = this.readers.get(id);
    if (read === undefined) {
      const verdict = this.verdicts.get(id);
      return verdict !== undefined && performance.now() < verdict.until ? verdict.rejection : undefined;
    }
    try {
      this.input.open(bytes, headerBytes);
      const value = read(this.input);
      this.input.close();
      return { ok: true, value };
    } catch (error) {
      // What a value says can also nest deeper than the stack.
      if (!(error instanceof MalformedAvro || error instanceof RangeError)) throw error;
      return rejectForeign('undecodable', `schema ${id}: ${error.message}`);
    }
  }

  /** Asks the registry for the schema of a value that `parse` gave `undefined` for. */
  async learn(bytes: Buffer): Promise<void> {
    const id = schemaIdOf(bytes);
    if (id === null || this.readers.has(id)) return;
    const schema = await this.registry.schema(id);
    if (schema.kind === 'unknownSchema')
      return this.refuse(id, rejectForeign('unknownSchema', `id ${id}`), unknownForMs);
    if (schema.kind === 'notAvro') return this.refuse(id, rejectForeign('notAvro', `id ${id}: ${schema.schemaType}`));
    try {
      this.readers.set(id, compileForeign(schema.text, schema.referred));
    } catch (error) {
      this.refuse(id, rejectForeign('undecodable', `schema ${id}: ${(error as Error).message}`));
    }
  }

  private refuse(id: number, rejection: ForeignRejection, forMs = Number.POSITIVE_INFINITY): void {
    if (this.verdicts.size >= verdictsMax) this.verdicts.clear();
    this.verdicts.set(id, { rejection, until: performance.now() + forMs });
  }
}

/** Throws where the schema cannot be read, or says no record, map or list: there is nothing to map in a bare number. */
export function compileForeign(text: string, referred: readonly string[]): Read {
  const type = foreignType(text, referred);
  const { RecordType, MapType, ArrayType } = avsc.types;
  if (!(type instanceof RecordType || type instanceof MapType || type instanceof ArrayType)) {
    throw new Error(`it is a ${type.typeName}, not a record`);
  }
  refuseUnbounded(type);
  return new ForeignCompilation().reader(type);
}

/** Stands for what is left out: neither a value nor null. */
const leftOut = undefined;

class ForeignCompilation {
  /** A record may refer to itself. */
  private readonly records = new Map<avsc.Type, Read>();

  reader(type: avsc.Type): Read {
    const { types } = avsc;
    if (type instanceof AnnotatedType) return annotatedReader(type);
    if (type instanceof types.RecordType) return this.recordReader(type);
    if (type instanceof types.WrappedUnionType || type instanceof types.UnwrappedUnionType) {
      const branches = type.types.map(branch => this.reader(branch));
      return input => branches[input.index(branches.length)]!(input);
    }
    if (type instanceof types.EnumType) {
      const { symbols } = type;
      return input => symbols[input.index(symbols.length)];
    }
    if (type instanceof types.MapType) return mapReader(this.reader(type.valuesType));
    if (type instanceof types.ArrayType) return arrayReader(this.reader(type.itemsType));
    if (type instanceof types.FixedType) {
      const { size } = type;
      return input => void input.fixed(size);
    }
    return primitiveReader(type);
  }

  private recordReader(type: avsc.types.RecordType): Read {
    const known = this.records.get(type);
    if (known !== undefined) return known;
    let fields: { readonly name: string; readonly read: Read }[] = [];
    const read: Read = input => {
      const record: Record<string, unknown> = {};
      for (const field of fields) {
        const value = field.read(input);
        if (value !== leftOut && field.name !== '__proto__') record[field.name] = value;
      }
      return record;
    };
    this.records.set(type, read);
    fields = type.fields.map(field => ({ name: field.name, read: this.reader(field.type) }));
    return read;
  }
}

function primitiveReader({ typeName }: avsc.Type): Read {
  switch (typeName) {
    case 'null':
      return () => null;
    case 'boolean':
      return input => input.boolean();
    case 'int':
      return input => input.int();
    case 'long':
      return input => input.longOrDigits();
    case 'float':
      return input => input.float();
    case 'double':
      return input => input.double();
    case 'string':
      return input => input.string();
    case 'bytes':
      return input => void input.binary();
    default:
      throw new Error(`Avro type ${typeName}`);
  }
}

function annotatedReader({ logicalType, scale, underlyingType }: AnnotatedType): Read {
  switch (logicalType) {
    case 'decimal': {
      const size = underlyingType instanceof avsc.types.FixedType ? underlyingType.size : null;
      return input => decimalText(size === null ? input.binary() : input.fixed(size), scale);
    }
    case 'date':
      return input => instantText(input.int() * 86_400_000).slice(0, 'YYYY-MM-DD'.length);
    default: {
      const perMs = logicalType.endsWith('micros') ? 1000 : 1;
      const isLocal = logicalType.startsWith('local');
      return input => {
        const text = instantText(Number(input.longOrDigits()) / perMs);
        return isLocal ? text.slice(0, -1) : text;
      };
    }
  }
}

function instantText(epochMs: number): string {
  const date = new Date(Math.floor(epochMs));
  if (Number.isNaN(date.getTime())) throw new MalformedAvro('an instant beyond the calendar');
  return date.toISOString();
}

/** Two's complement, the highest byte first. */
function decimalText(bytes: Buffer, scale: number): string {
  if (bytes.length > decimalBytesMax) throw new MalformedAvro(`a decimal of ${bytes.length} bytes`);
  const unscaled = bytes.length === 0 ? 0n : BigInt.asIntN(8 * bytes.length, BigInt(`0x${bytes.toString('hex')}`));
  const sign = unscaled < 0n ? '-' : '';
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const whole = digits.length - scale;
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, whole)}.${digits.slice(whole)}`;
}

/** Without a prototype, so that a key `__proto__` is a key like any other. */
function mapReader(readValue: Read): Read {
  return input => {
    const map: Record<string, unknown> = Object.create(null);
    for (let count = input.block(); count > 0; count = input.block()) {
      for (let i = 0; i < count; i++) {
        const key = input.string();
        const value = readValue(input);
        if (value !== leftOut) map[key] = value;
      }
    }
    return map;
  };
}

function arrayReader(readItem: Read): Read {
  return input => {
    const items: unknown[] = [];
    for (let count = input.block(); count > 0; count = input.block()) {
      for (let i = 0; i < count; i++) items.push(readItem(input) ?? null);
    }
    return items;
  };
}
