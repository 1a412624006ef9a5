/** A record of a source topic, or a part of it, as `rejected-events` tells of it. */
import { isUtf8 } from 'node:buffer';
import type { RejectedEvent } from '@tierflow/codec/rejected-event';
import { payloadBytesMax } from '@tierflow/codec/rejection-report';
import type { RawRecord } from '@tierflow/kafka/record-reader';

export interface Refusal {
  readonly reason: string;
  readonly part?: number | null;
  readonly message: { readonly en: string; readonly zh: string };
}

/** `record` null: a batch that gave none. The same origin and part give the same id, however often they are reported. */
export function rejectedReport(origin: string, record: RawRecord | null, refusal: Refusal): RejectedEvent {
  const { reason, part = null, message } = refusal;
  const payload = record?.value ?? null;
  return {
    id: part === null ? origin : `${origin}#${part}`,
    origin,
    reason,
    message: message.en,
    messageZh: message.zh,
    key: keyText(record?.key ?? null),
    payload: payload?.subarray(0, payloadBytesMax) ?? null,
    payloadTruncated: payload !== null && payload.length > payloadBytesMax,
  };
}

/** Keys may be any bytes; null where they are no text. */
export function keyText(key: Buffer | null): string | null {
  return key !== null && isUtf8(key) ? key.toString('utf8') : null;
}
