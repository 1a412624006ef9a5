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
  readonly key: string | null;
  /** The first 4096 bytes of what was rejected. */
  readonly payload: Buffer | null;
  readonly payloadTruncated: boolean;
}
