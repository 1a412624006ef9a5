/** What stood in a file or a topic and never reached the log, as `rejected-events` tells of it. */
import type { RejectedEvent } from '@tierflow/codec/rejected-event';
import { payloadBytesMax } from '@tierflow/codec/rejection-report';

export interface Refusal {
  readonly reason: string;
  readonly message: { readonly en: string; readonly zh: string };
}

/** `part`: which of the events that a mapping makes of one record; null: the record as a whole. */
export function rejectedInput(
  origin: string,
  part: number | null,
  { reason, message }: Refusal,
  payload: Buffer,
): RejectedEvent {
  return {
    id: part === null ? origin : `${origin}#${part}`,
    origin,
    reason,
    message: message.en,
    messageZh: message.zh,
    key: null,
    payload: payload.subarray(0, payloadBytesMax),
    payloadTruncated: payload.length > payloadBytesMax,
  };
}
