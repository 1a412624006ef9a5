/** The value of `rejected-events`: a record that was not accepted, whoever refused it. */
export interface RejectedEvent {
  /** Made of the origin alone, so that reporting twice can be told from rejecting twice. */
  readonly id: string;
  /** `customer-events/3@1042` (topic, partition, offset) or `orders.jsonl:17` (file, line). */
  readonly origin: string;
  /** Code of the reason, for programs. */
  readonly reason: string;
  readonly message: string;
  /** zh-CN. */
  readonly messageZh: string;
  /** The first 4096 characters of it. */
  readonly key: string | null;
  /** The first 4096 bytes of what was rejected. */
  readonly payload: Buffer | null;
  readonly payloadTruncated: boolean;
}

/** What was refused: the record or line as it came. */
export interface RefusedInput {
  readonly origin: string;
  /** Which of the events that a mapping makes of one record; null: the record as a whole. */
  readonly part: number | null;
  readonly key: string | null;
  readonly payload: Buffer | null;
}

export interface Refusal {
  readonly reason: string;
  readonly message: { readonly en: string; readonly zh: string };
}

const payloadBytesMax = 4096;
/** A report of a record that was nearly as large as Kafka takes must not be larger itself, or it could never be written. */
const textLengthMax = 4096;

/** The same origin and part give the same id, however often they are reported. */
export function rejectedEvent(
  { origin, part, key, payload }: RefusedInput,
  { reason, message }: Refusal,
): RejectedEvent {
  return {
    id: part === null ? origin : `${origin}#${part}`,
    origin,
    reason,
    message: shortened(message.en),
    messageZh: shortened(message.zh),
    key: key === null ? null : shortened(key),
    payload: payload?.subarray(0, payloadBytesMax) ?? null,
    payloadTruncated: payload !== null && payload.length > payloadBytesMax,
  };
}

function shortened(text: string): string {
  return text.length > textLengthMax ? `${text.slice(0, textLengthMax - 1).toWellFormed()}…` : text;
}
