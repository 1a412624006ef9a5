/**
 * Readers made from schemas: one straight function per writer schema, which reads what was written and gives the
 * record as our own schema of today says it.
 *
 * avsc checks that the two schemas fit, but its reader is not used. Whatever stands in the log must end as a record
 * or as a data error: avsc allocates what a hostile array length asks for, lets `__proto__` in a map set a prototype,
 * and is half as fast. Tests hold this reader against it.
 */
import avsc from 'avsc';
import type { AvroInput } from './avro-input.ts';
import { refuseUnbounded } from './byteless-type.ts';

export type ReadRecord = (input: AvroInput) => object;

/** Throws where the schemas do not fit. With `tagged` the record's name is in its property `type`. */
export function compileReader(
  writer: avsc.types.RecordType,
  reader: avsc.types.RecordType,
  tagged: boolean,
): ReadRecord {
  reader.createResolver(writer);
  refuseUnbounded(writer);
  return new Compilation().recordReader(writer, reader, tagged) as ReadRecord;
}

type Read = (input: AvroInput) => unknown;

/**
 * Types become expressions over `input`, records become object literals of them: so the engine sees one function with
 * one shape of result. Text from a writer's schema never gets into the source: names come from our own schema, all
 * else is passed as `constants`.
 */
class Compilation {
  private readonly constants: unknown[] = [];
  /** By writer type: a schema may refer to itself in a field that is skipped. */
  private readonly foreign = new Map<avsc.Type, string>();

  recordReader(writer: avsc.types.RecordType, reader: avsc.types.RecordType, tagged: boolean): Read {
    const statements = writer.fields.map((field, i) => {
      const ours = reader.fields.find(({ name }) => name === field.name);
      return `const f${i} = ${this.expression(field.type, ours?.type)};`;
    });
    const properties = reader.fields.map(field => {
      const written = writer.fields.findIndex(({ name }) => name === field.name);
      return `${field.name}: ${written === -1 ? `${this.constant(() => field.defaultValue())}()` : `f${written}`}`;
    });
    if (tagged) properties.unshift(`type: ${JSON.stringify(reader.name?.split('.').at(-1))}`);
    const body = `return input => { ${statements.join(' ')} return { ${properties.join(', ')} }; };`;
    return new Function('constants', body)(this.constants) as Read;
  }

  private expression(writer: avsc.Type, reader: avsc.Type | undefined): string {
    switch (writer.typeName) {
      case 'null':
        return 'null';
      case 'boolean':
      case 'int':
      case 'long':
      case 'float':
      case 'double':
        return `input.${writer.typeName}()`;
      case 'string':
        return reader?.typeName === 'bytes' ? 'input.binary()' : 'input.string()';
      case 'bytes':
        return reader?.typeName === 'string' ? 'input.string()' : 'input.binary()';
      default:
        return this.complexExpression(writer, reader);
    }
  }

  private complexExpression(writer: avsc.Type, reader: avsc.Type | undefined): string {
    const { types } = avsc;
    if (writer instanceof types.UnwrappedUnionType || writer instanceof types.WrappedUnionType) {
      return this.unionExpression(writer.types, reader);
    }
    if (writer instanceof types.EnumType) {
      return `${this.constant(writer.symbols)}[input.index(${writer.symbols.length})]`;
    }
    if (writer instanceof types.FixedType) return `input.fixed(${writer.size})`;
    if (writer instanceof types.MapType) {
      const ours = branchFor(writer, reader) as avsc.types.MapType | undefined;
      return `${this.constant(mapReader(this.closure(writer.valuesType, ours?.valuesType)))}(input)`;
    }
    if (writer instanceof types.ArrayType) {
      const ours = branchFor(writer, reader) as avsc.types.ArrayType | undefined;
      return `${this.constant(arrayReader(this.closure(writer.itemsType, ours?.itemsType)))}(input)`;
    }
    if (writer instanceof types.RecordType) {
      const ours = branchFor(writer, reader) as avsc.types.RecordType | undefined;
      return ours === undefined
        ? this.foreignRecord(writer)
        : `${this.constant(this.recordReader(writer, ours, false))}(input)`;
    }
    if (writer instanceof types.LogicalType) return this.expression(writer.underlyingType, reader);
    throw new Error(`Avro type ${writer.typeName}`);
  }

  private unionExpression(branches: readonly avsc.Type[], reader: avsc.Type | undefined): string {
    const values = branches.map(branch => this.expression(branch, branchFor(branch, reader)));
    if (values.length === 2) return `(input.index(2) === 0 ? ${values[0]} : ${values[1]})`;
    const cases = values.map((value, i) => `case ${i}: return ${value};`).join(' ');
    const body = `return input => { switch (input.index(${values.length})) { ${cases} } };`;
    return `${this.constant(new Function('constants', body)(this.constants))}(input)`;
  }

  /** A record that ours does not have is read field by field and forgotten. */
  private foreignRecord(writer: avsc.types.RecordType): string {
    const known = this.foreign.get(writer);
    if (known !== undefined) return known;
    let reads: Read[] = [];
    const expression = `${this.constant((input: AvroInput) => {
      for (const read of reads) read(input);
      return null;
    })}(input)`;
    this.foreign.set(writer, expression);
    reads = writer.fields.map(field => this.closure(field.type, undefined));
    return expression;
  }

  private closure(writer: avsc.Type, reader: avsc.Type | undefined): Read {
    return new Function('constants', `return input => ${this.expression(writer, reader)};`)(this.constants) as Read;
  }

  private constant(value: unknown): string {
    return `constants[${this.constants.push(value) - 1}]`;
  }
}

function branchFor(writer: avsc.Type, reader: avsc.Type | undefined): avsc.Type | undefined {
  if (!(reader instanceof avsc.types.UnwrappedUnionType)) return reader;
  return reader.types.find(branch => branch.typeName === writer.typeName && branch.name === writer.name);
}

/** Without a prototype, so that a key `__proto__` is a key like any other. */
function mapReader(readValue: Read): Read {
  return input => {
    const map: Record<string, unknown> = Object.create(null);
    for (let count = input.block(); count > 0; count = input.block()) {
      for (let i = 0; i < count; i++) {
        const key = input.string();
        map[key] = readValue(input);
      }
    }
    return map;
  };
}

function arrayReader(readItem: Read): Read {
  return input => {
    const items: unknown[] = [];
    for (let count = input.block(); count > 0; count = input.block()) {
      for (let i = 0; i < count; i++) items.push(readItem(input));
    }
    return items;
  };
}
