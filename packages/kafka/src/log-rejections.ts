/** What the fold could not use of the log, on its way to `rejected-events`. */
import type { Rejection } from '@tierflow/customer/changes';
import type { RejectionSink } from '@tierflow/processor/ports';
import type { EncodedRejection, RejectionWriter } from './rejection-writer.ts';

export class LogRejections implements RejectionSink {
  readonly #writer: RejectionWriter;
  readonly #encode: (partition: number, rejection: Rejection) => EncodedRejection;

  constructor(writer: RejectionWriter, encode: (partition: number, rejection: Rejection) => EncodedRejection) {
    this.#writer = writer;
    this.#encode = encode;
  }

  /** The topic has as many partitions as the log, so that a partition's rejections stay together and in order. */
  async report(partition: number, rejections: readonly Rejection[]): Promise<void> {
    await this.#writer.append(
      partition,
      rejections.map(rejection => this.#encode(partition, rejection)),
    );
  }
}
