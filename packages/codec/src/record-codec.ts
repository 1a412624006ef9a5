/**
 * Values of one kind of topic, to and from the wire.
 *
 * Decoding does not wait: schema ids are few and stay, so the reader of an id is made once and looked up ever after.
 * The first value with an id that was not seen yet gives `undefined`; `learn` asks the registry, then it decodes.
 */
import type { Unreadable, UnreadableReason } from '@tierflow/customer/events';
import avsc from 'avsc';
import { AvroInput } from './avro-input.ts';
import { compileReader, type ReadRecord } from './record-reader.ts';
import type { SchemaIds, SchemaRegistry } from './schema-registry.ts';
import { type RecordByName, type RecordName, recordSchema } from './schemas.ts';
import { encodeFramed, headerBytes, schemaIdOf } from './wire-format.ts';

/** Ids come from outside: garbage must not fill the memory. Far more than a log has schemas. */
const verdictsMax = 4096;

export class RecordCodec<N extends RecordName> {
  private readonly registry: SchemaRegistry;
  private readonly ids: SchemaIds;
  private readonly records: ReadonlySet<RecordName>;
  private readonly tagged: boolean;
  private readonly readers = new Map<number, ReadRecord>();
  private readonly verdicts = new Map<number, Unreadable>();
  private readonly input = new AvroInput();

  /** With `tagged` a decoded record carries its name in the property `type`. */
  constructor(registry: SchemaRegistry, ids: SchemaIds, records: readonly N[], tagged: boolean) {
    this.registry = registry;
    this.ids = ids;
    this.records = new Set<RecordName>(records);
    this.tagged = tagged;
    for (const record of records) {
      const { type } = recordSchema(record);
      this.readers.set(this.idOf(record), compileReader(type, type, tagged));
    }
  }

  encode<R extends N>(record: R, value: RecordByName[R]): Buffer {
    return encodeFramed(this.idOf(record), recordSchema(record).type, value);
  }

  decode(value: Buffer | null): RecordByName[N] | Unreadable | undefined {
    if (value === null) return unreadable('nullValue', 'the record has no value');
    const id = schemaIdOf(value);
    if (id === null) return unreadable('notAvro', 'the value does not begin with a zero byte and a schema id');
    const read = this.readers.get(id);
    if (read === undefined) return this.verdicts.get(id);
    try {
      this.input.open(value, headerBytes);
      const record = read(this.input);
      this.input.close();
      return record as RecordByName[N];
    } catch (error) {
      return unreadable('undecodable', error instanceof Error ? error.message : String(error));
    }
  }

  /** Asks the registry for the schema of a value that `decode` gave `undefined` for. */
  async learn(value: Buffer): Promise<void> {
    const id = schemaIdOf(value);
    if (id === null || this.readers.has(id) || this.verdicts.has(id)) return;
    const outcome = await this.readerOf(id);
    if (typeof outcome === 'function') {
      this.readers.set(id, outcome);
    } else {
      if (this.verdicts.size >= verdictsMax) this.verdicts.clear();
      this.verdicts.set(id, outcome);
    }
  }

  /** For readers that have time. */
  async read(value: Buffer | null): Promise<RecordByName[N] | Unreadable> {
    let record = this.decode(value);
    while (record === undefined && value !== null) {
      await this.learn(value);
      record = this.decode(value);
    }
    return record as RecordByName[N] | Unreadable;
  }

  private async readerOf(id: number): Promise<ReadRecord | Unreadable> {
    const schema = await this.registry.writerSchema(id);
    if (schema.kind === 'unknownSchema') return unreadable('unknownSchema', `the registry has no schema ${id}`);
    if (schema.kind === 'notAvro') return unreadable('unknownRecord', `schema ${id} is not Avro`);

    const record = schema.type.name?.match(/^tierflow\.v1\.(\w+)$/)?.[1] as RecordName | undefined;
    if (record === undefined || !this.records.has(record) || !avsc.Type.isType(schema.type, 'record')) {
      return unreadable('unknownRecord', `schema ${id} is ${schema.type.name ?? schema.type.typeName}`);
    }
    try {
      return compileReader(schema.type as avsc.types.RecordType, recordSchema(record).type, this.tagged);
    } catch (error) {
      return unreadable('undecodable', `schema ${id} does not fit ours: ${(error as Error).message}`);
    }
  }

  private idOf(record: RecordName): number {
    const id = this.ids.get(record);
    if (id === undefined) throw new Error(`no schema id for ${record}`);
    return id;
  }
}

/** Events of the log carry `type` themselves; records of other topics are told from an Unreadable by this. */
export function isUnreadable(value: object): value is Unreadable {
  return 'type' in value && value.type === 'Unreadable';
}

function unreadable(reason: UnreadableReason, detail: string): Unreadable {
  return { type: 'Unreadable', reason, detail };
}
