/** The bytes of a foreign record to a value that a mapping can look into. */
import { type ForeignRejection, rejectForeign } from '@tierflow/codec/foreign-rejection';
import { readJsonRecord } from '@tierflow/config/sources/read-json-record';
import type { RejectedRecord } from '@tierflow/config/sources/rejected-record';

export type ParsedRecord = { readonly ok: true; readonly value: unknown } | ForeignRejection | RejectedRecord;

export interface RecordParser {
  /** Does not wait. undefined: written under a schema not seen yet; `learn` it and parse again. */
  parse(bytes: Buffer | null): ParsedRecord | undefined;
  learn(bytes: Buffer): Promise<void>;
}

export function jsonParser(recordBytesMax: number): RecordParser {
  return {
    parse: bytes => (bytes === null ? rejectForeign('nullValue') : readJsonRecord(bytes, recordBytesMax)),
    learn: async () => {},
  };
}

/** For readers that have time. */
export async function parseRecord(parser: RecordParser, bytes: Buffer | null): Promise<ParsedRecord> {
  let parsed = parser.parse(bytes);
  while (parsed === undefined && bytes !== null) {
    await parser.learn(bytes);
    parsed = parser.parse(bytes);
  }
  return parsed as ParsedRecord;
}
