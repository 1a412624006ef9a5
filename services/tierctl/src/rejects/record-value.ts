/** The bytes of a source's record to the value that its mapping looks into, as intake reads them. */
import { ForeignAvroReader } from '@tierflow/codec/foreign-avro-reader';
import { type ForeignRejection, rejectForeign } from '@tierflow/codec/foreign-rejection';
import { connectForeignSchemas } from '@tierflow/codec/foreign-schema-registry';
import { readJsonRecord } from '@tierflow/config/sources/read-json-record';
import type { RejectedRecord } from '@tierflow/config/sources/rejected-record';
import type { Source } from '@tierflow/config/sources/source';
import type { Connections } from '../connections.ts';

export type RecordValue = { readonly ok: true; readonly value: unknown } | ForeignRejection | RejectedRecord;

export class RecordValues {
  readonly #connections: Connections;
  readonly #avro = new Map<Source, ForeignAvroReader>();

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  async read(source: Source, bytes: Buffer | null): Promise<RecordValue> {
    if (bytes === null) return rejectForeign('nullValue');
    if (source.format !== 'avro') return readJsonRecord(bytes, source.recordBytesMax);
    const reader = this.#avroReader(source);
    let value = reader.parse(bytes);
    while (value === undefined) {
      await reader.learn(bytes);
      value = reader.parse(bytes);
    }
    return value;
  }

  #avroReader(source: Source): ForeignAvroReader {
    const known = this.#avro.get(source);
    if (known !== undefined) return known;
    const { environment, registry } = this.#connections;
    const schemas = connectForeignSchemas(environment.schemaRegistryUrl, registry);
    const reader = new ForeignAvroReader(schemas, source.recordBytesMax);
    this.#avro.set(source, reader);
    return reader;
  }
}
