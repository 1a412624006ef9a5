/**
 * Types whose values take no bytes: null, an empty fixed, and records of nothing else. A value that takes bytes ends
 * with its bytes; these do not, so that a schema of a few lines, or a record of a few bytes, could ask for any number of
 * them. Where a schema lets that happen it is refused, whatever its records hold.
 */
import avsc from 'avsc';

/** More than anybody's record has fields of null. */
const bytelessValuesMax = 1000;

/** Throws where a value under the schema could be of any size although its bytes are few. */
export function refuseUnbounded(type: avsc.Type): void {
  const counts = new Map<avsc.Type, number | null>();
  const seen = new Set<avsc.Type>();
  const open = [type];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    if (next instanceof avsc.types.ArrayType && bytelessValues(next.itemsType, counts) !== null) {
      throw new Error('it has a list of items that take no bytes');
    }
    if ((bytelessValues(next, counts) ?? 0) > bytelessValuesMax) {
      throw new Error(`it has a record of more than ${bytelessValuesMax} values that take no bytes`);
    }
    open.push(...partsOf(next));
  }
}

/** How many values one value of the type is, where it takes no bytes; null: it takes some. */
function bytelessValues(type: avsc.Type, counts: Map<avsc.Type, number | null>): number | null {
  const known = counts.get(type);
  if (known !== undefined) return known;
  let count: number | null = null;
  if (type.typeName === 'null' || (type instanceof avsc.types.FixedType && type.size === 0)) count = 1;
  else if (type instanceof avsc.types.LogicalType) count = bytelessValues(type.underlyingType, counts);
  else if (type instanceof avsc.types.RecordType) {
    // Within itself it never ends.
    counts.set(type, Number.POSITIVE_INFINITY);
    count = 1;
    for (const field of type.fields) {
      const part = bytelessValues(field.type, counts);
      count = part === null || count === null ? null : count + part;
    }
  }
  counts.set(type, count);
  return count;
}

function partsOf(type: avsc.Type): readonly avsc.Type[] {
  const { types } = avsc;
  if (type instanceof types.RecordType) return type.fields.map(field => field.type);
  if (type instanceof types.ArrayType) return [type.itemsType];
  if (type instanceof types.MapType) return [type.valuesType];
  if (type instanceof types.LogicalType) return [type.underlyingType];
  return type instanceof types.WrappedUnionType || type instanceof types.UnwrappedUnionType ? type.types : [];
}
