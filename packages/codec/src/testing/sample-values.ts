/** Values worth keeping as samples of a record: the ends of every field's range, and some of what lies between. */
import avsc from 'avsc';
import fc from 'fast-check';
import { arbitraryRecords } from '../arbitrary-records.ts';
import type { RecordSchema } from '../schemas.ts';

const bytesMax = 400;
const { types } = avsc;

export function sampleValues({ record, type }: RecordSchema): object[] {
  const between = (arbitraryRecords[record] as fc.Arbitrary<object>).filter(
    value => type.toBuffer(value).length <= bytesMax && survivesJson(type, value),
  );
  // A fixed seed: releasing the same schemas twice gives the same bytes.
  return [...edges(type), ...fc.sample(between, { seed: 1, numRuns: 4 })] as object[];
}

/** The least and the greatest value of a type, and one for each branch and symbol in between. */
function edges(type: avsc.Type): unknown[] {
  if (type instanceof types.RecordType) return recordEdges(type);
  if (type instanceof types.UnwrappedUnionType) return type.types.flatMap(edges);
  if (type instanceof types.EnumType) return [...type.symbols];
  if (type instanceof types.ArrayType) return [[], edges(type.itemsType)];
  if (type instanceof types.MapType) {
    return [{}, Object.fromEntries(edges(type.valuesType).map((value, i) => [`key${i}`, value]))];
  }
  if (type instanceof types.LogicalType) return edges(type.underlyingType);
  switch (type.typeName) {
    case 'null':
      return [null];
    case 'boolean':
      return [false, true];
    case 'int':
      return [-(2 ** 31), 2 ** 31 - 1];
    case 'long':
      return [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
    case 'double':
      return [-Number.MAX_VALUE, Number.MIN_VALUE];
    case 'string':
      return ['', '金牌客户 🏅'];
    case 'bytes':
      return [Buffer.alloc(0), Buffer.from([0, 0x7f, 0x80, 0xff])];
    default:
      throw new Error(`no edges are known of the Avro type ${type.typeName}`);
  }
}

/** As many records as the field with the most edges has; the others repeat their last one. */
function recordEdges(type: avsc.types.RecordType): object[] {
  const fields = type.fields.map(field => [field.name, edges(field.type)] as const);
  const count = Math.max(...fields.map(([, values]) => values.length));
  return Array.from({ length: count }, (_, i) =>
    Object.fromEntries(fields.map(([name, values]) => [name, values[Math.min(i, values.length - 1)]])),
  );
}

/** JSON has no NaN, no infinity and no −0, and avsc takes a key `__proto__` for the prototype. */
function survivesJson(type: avsc.Type, value: object): boolean {
  const text = type.toString(value);
  if (text.includes('__proto__')) return false;
  try {
    return type.toBuffer(type.fromString(text)).equals(type.toBuffer(value));
  } catch {
    return false;
  }
}
