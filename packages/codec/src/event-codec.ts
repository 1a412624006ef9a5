/** Values of `customer-events`. */
import type { LogEvent, Unreadable } from '@tierflow/customer/events';
import { RecordCodec } from './record-codec.ts';
import type { SchemaIds, SchemaRegistry } from './schema-registry.ts';
import { recordSchemas } from './schemas.ts';

export interface EventCodec {
  encodeEvent(event: LogEvent): Buffer;
  /** Does not wait. undefined: a schema not seen yet; `learn` it and decode again. */
  decode(value: Buffer | null): LogEvent | Unreadable | undefined;
  learn(value: Buffer): Promise<void>;
  /** `decode` that learns by itself. */
  read(value: Buffer | null): Promise<LogEvent | Unreadable>;
}

export function eventCodec(registry: SchemaRegistry, ids: SchemaIds): EventCodec {
  const events = [...recordSchemas.values()]
    .filter(({ topic }) => topic === 'customer-events')
    .map(({ record }) => record as LogEvent['type']);
  const codec = new RecordCodec(registry, ids, events, true);
  return {
    encodeEvent: event => codec.encode(event.type, event),
    decode: value => codec.decode(value),
    learn: value => codec.learn(value),
    read: value => codec.read(value),
  };
}
