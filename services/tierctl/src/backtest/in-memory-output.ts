/** The output of a backtest: emissions and rejections are kept as they are, for whoever writes the results. */
import { compareIds, type Emission, type EmissionId, type Rejection } from '@tierflow/customer/changes';
import type {
  OutboxCodec,
  OutputTail,
  Publisher,
  PublisherFactory,
  RejectionSink,
  StoredOutboxEntry,
} from '@tierflow/processor/ports';

const noBytes = new Uint8Array(0);

export class InMemoryOutput implements OutboxCodec, PublisherFactory, OutputTail, RejectionSink {
  /** By partition, in order of id. */
  readonly emissions = new Map<number, Emission[]>();
  readonly rejections = new Map<number, Rejection[]>();
  /** What an entry holds. Nothing leaves this process, so nothing needs bytes. */
  readonly #packed = new WeakMap<StoredOutboxEntry, readonly Emission[]>();

  pack(_partition: number, emissions: readonly Emission[]): StoredOutboxEntry {
    const entry = { first: emissions[0]!.id, last: emissions.at(-1)!.id, bytes: noBytes };
    this.#packed.set(entry, emissions);
    return entry;
  }

  async open(partition: number): Promise<Publisher> {
    const published = listOf(this.emissions, partition);
    return {
      fence: async () => {},
      publish: async (entries, after) => {
        for (const entry of entries) {
          for (const emission of this.#packed.get(entry)!) {
            if (after === null || compareIds(emission.id, after) > 0) published.push(emission);
          }
        }
      },
      close: async () => {},
    };
  }

  async lastEmission(partition: number): Promise<{ id: EmissionId | null; logStart: number }> {
    return { id: this.emissions.get(partition)?.at(-1)?.id ?? null, logStart: 0 };
  }

  async report(partition: number, rejections: readonly Rejection[]): Promise<void> {
    listOf(this.rejections, partition).push(...rejections);
  }
}

function listOf<T>(lists: Map<number, T[]>, partition: number): T[] {
  const known = lists.get(partition);
  if (known !== undefined) return known;
  const list: T[] = [];
  lists.set(partition, list);
  return list;
}
