/** What the codecs need of a schema registry. */
import type avsc from 'avsc';
import type { RecordName } from './schemas.ts';

/** Under which ids our records are written. */
export type SchemaIds = ReadonlyMap<RecordName, number>;

/** Ids are given once and for ever, so both verdicts may be remembered. */
export type WriterSchema =
  | { readonly kind: 'known'; readonly type: avsc.Type }
  | { readonly kind: 'unknownSchema' }
  | { readonly kind: 'notAvro' };

export interface SchemaRegistry {
  /** Registers every schema of `schemas/` that the registry does not have yet. Doing it twice is doing it once. */
  register(): Promise<SchemaIds>;
  /** Ids of what is registered; for a program that must not change the registry. */
  lookUp(): Promise<SchemaIds>;
  /** Throws PortFailure where the registry gives no answer. */
  writerSchema(id: number): Promise<WriterSchema>;
}
