/** A line that never reached the log, as `rejected-events` tells of it. */
import type { RejectedEvent } from '@tierflow/codec/rejected-event';
import { payloadBytesMax } from '@tierflow/codec/rejection-report';
import type { RejectedLine } from './read-events.ts';

export function rejectedLineReport(file: string, { line, rejected }: RejectedLine): RejectedEvent {
  const origin = `${file}:${line.number}`;
  return {
    id: origin,
    origin,
    reason: rejected.reason,
    message: rejected.message.en,
    messageZh: rejected.message.zh,
    key: null,
    payload: line.bytes.subarray(0, payloadBytesMax),
    payloadTruncated: line.bytes.length > payloadBytesMax,
  };
}
