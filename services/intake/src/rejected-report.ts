/** A record of a source topic, or a part of it, as `rejected-events` tells of it. */
import { isUtf8 } from 'node:buffer';
import { type Refusal, type RejectedEvent, rejectedEvent } from '@tierflow/codec/rejected-event';
import type { RawRecord } from '@tierflow/kafka/record-reader';

/** `record` null: a batch that gave none. */
export function rejectedReport(
  origin: string,
  record: RawRecord | null,
  refusal: Refusal & { readonly part?: number | null },
): RejectedEvent {
  const [key, payload] = [keyText(record?.key ?? null), record?.value ?? null];
  return rejectedEvent({ origin, part: refusal.part ?? null, key, payload }, refusal);
}

/** Keys may be any bytes; null where they are no text. */
export function keyText(key: Buffer | null): string | null {
  return key !== null && isUtf8(key) ? key.toString('utf8') : null;
}
