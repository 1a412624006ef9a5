/**
 * Why today's schema could not follow a released one.
 *
 * A log is kept for ever and folded anew, so today's schema must read what every release wrote (Avro calls it BACKWARD),
 * and it must read the same meaning out of it. Avro and the registry know only the first half: a field that went, was
 * renamed with a default or counts in another unit still "reads". The rules here are stricter and refuse that as well.
 */
import avsc from 'avsc';

/**
 * A schema as its file says it. Our schemas do not refer to one another; within one, a record is written where it comes
 * first, and by its name after that.
 */
export type Schema = string | readonly Schema[] | SchemaObject;

export interface SchemaObject {
  readonly type: Schema;
  readonly name?: string;
  readonly namespace?: string;
  readonly logicalType?: string;
  readonly fields?: readonly SchemaField[];
  readonly symbols?: readonly string[];
  readonly items?: Schema;
  readonly values?: Schema;
}

export interface SchemaField {
  readonly name: string;
  readonly type: Schema;
  readonly default?: unknown;
}

export function backwardProblems(released: SchemaObject, today: SchemaObject): string[] {
  const problems = compare(released, today, released.name ?? '');
  return problems.length > 0 ? problems : resolutionProblems(released, today);
}

/** Which other types a reader may have for what was written, by Avro's rules of promotion. */
const promotions: Readonly<Record<string, readonly string[]>> = {
  int: ['long', 'float', 'double'],
  long: ['float', 'double'],
  float: ['double'],
  string: ['bytes'],
  bytes: ['string'],
};

function compare(released: Schema, today: Schema, path: string): string[] {
  if (isUnion(released)) return released.flatMap(branch => compare(branch, today, path));
  if (isUnion(today)) return compareWithUnion(released, today, path);

  const kind = kindOf(released);
  const sameKind = kind === kindOf(today);
  if (!sameKind && !promotions[kind]?.includes(kindOf(today))) return [changed(released, today, path)];
  if (logicalTypeOf(released) !== logicalTypeOf(today)) {
    return [`${path} has changed its meaning: ${nameOf(released)} was written, ${nameOf(today)} would be read`];
  }
  if (!sameKind || typeof released === 'string' || typeof today === 'string') return [];
  if (released.name !== today.name || released.namespace !== today.namespace) return [changed(released, today, path)];

  switch (kind) {
    case 'record':
      return compareFields(released.fields ?? [], today.fields ?? [], path);
    case 'enum':
      return (released.symbols ?? [])
        .filter(symbol => !today.symbols?.includes(symbol))
        .map(symbol => `${path} has lost the symbol ${symbol}`);
    case 'array':
      return compare(released.items as Schema, today.items as Schema, `${path}[]`);
    case 'map':
      return compare(released.values as Schema, today.values as Schema, `${path}{}`);
    default:
      return [];
  }
}

function compareFields(released: readonly SchemaField[], today: readonly SchemaField[], path: string): string[] {
  const kept = released.flatMap(field => {
    const same = today.find(({ name }) => name === field.name);
    return same === undefined
      ? [`${path}.${field.name} is gone: what was written into it would be lost`]
      : compare(field.type, same.type, `${path}.${field.name}`);
  });
  const added = today
    .filter(field => field.default === undefined && !released.some(({ name }) => name === field.name))
    .map(field => `${path}.${field.name} is new and has no default`);
  return [...kept, ...added];
}

/** One fitting branch will do; where none fits, the one of the same kind tells best what is wrong. */
function compareWithUnion(released: Schema, today: readonly Schema[], path: string): string[] {
  if (today.some(branch => compare(released, branch, path).length === 0)) return [];
  const alike = today.find(branch => kindOf(branch) === kindOf(released));
  return alike === undefined ? [changed(released, today, path)] : compare(released, alike, path);
}

/** What Avro itself has against it, should the rules above have missed something. */
function resolutionProblems(released: SchemaObject, today: SchemaObject): string[] {
  try {
    const [writer, reader] = [released, today].map(schema => avsc.Type.forSchema(schema as avsc.Schema));
    reader?.createResolver(writer as avsc.Type);
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

function changed(released: Schema, today: Schema, path: string): string {
  return `${path} has changed its type: ${nameOf(released)} was written, ${nameOf(today)} cannot read it`;
}

function isUnion(schema: Schema): schema is readonly Schema[] {
  return Array.isArray(schema);
}

function kindOf(schema: Schema): string {
  if (typeof schema === 'string') return schema;
  return isUnion(schema) ? 'union' : kindOf((schema as SchemaObject).type);
}

function logicalTypeOf(schema: Schema): string | undefined {
  return typeof schema === 'string' || isUnion(schema) ? undefined : schema.logicalType;
}

function nameOf(schema: Schema): string {
  if (isUnion(schema)) return schema.map(nameOf).join(' or ');
  if (typeof schema === 'string') return schema;
  return [kindOf(schema), schema.name ?? schema.logicalType].filter(word => word !== undefined).join(' ');
}
