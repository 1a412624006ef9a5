/** The output of the engine without servers: nothing leaves the process, so nothing needs bytes. */
import type { Emission, Rejection } from '@tierflow/customer/changes';
import type {
  OutboxCodec,
  OutputTail,
  Publisher,
  PublisherFactory,
  RejectionSink,
  StoredOutboxEntry,
} from '@tierflow/processor/ports';

/** Takes what a fold gives, partition by partition in order of id. */
export interface FoldListener {
  emitted(partition: number, emissions: readonly Emission[]): void;
  rejected(partition: number, rejections: readonly Rejection[]): void;
}

const noBytes = new Uint8Array(0);

export class EngineOutput implements OutboxCodec, PublisherFactory, OutputTail, RejectionSink {
  readonly #listener: FoldListener;
  /** What an entry holds. */
  readonly #packed = new WeakMap<StoredOutboxEntry, readonly Emission[]>();

  constructor(listener: FoldListener) {
    this.#listener = listener;
  }

  pack(_partition: number, emissions: readonly Emission[]): StoredOutboxEntry {
    const entry = { first: emissions[0]!.id, last: emissions.at(-1)!.id, bytes: noBytes };
    this.#packed.set(entry, emissions);
    return entry;
  }

  async open(partition: number): Promise<Publisher> {
    return {
      fence: async () => {},
      publish: async entries => {
        for (const entry of entries) this.#listener.emitted(partition, this.#packed.get(entry)!);
      },
      close: async () => {},
    };
  }

  /** A partition is taken over once, before anything is emitted. */
  async lastEmission(): Promise<{ id: null; logStart: number }> {
    return { id: null, logStart: 0 };
  }

  async report(partition: number, rejections: readonly Rejection[]): Promise<void> {
    this.#listener.rejected(partition, rejections);
  }
}
