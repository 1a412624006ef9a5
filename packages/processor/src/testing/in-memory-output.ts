/**
 * One partition of `tier-changes` in memory: what was committed, in order, and the producer epochs that fence one
 * another. An entry's bytes are its emissions as JSON text, so that what was packed is what is published.
 */
import { compareIds, type Emission, type EmissionId } from '@tierflow/customer/changes';
import { decodeUtf8, encodeUtf8 } from '@tierflow/window/bytes';
import { Fenced } from '../errors.ts';
import type { OutboxCodec, OutputTail, Publisher, PublisherFactory, StoredOutboxEntry } from '../ports.ts';

export const jsonOutbox: OutboxCodec = {
  pack(_partition, emissions) {
    return {
      first: emissions[0]!.id,
      last: emissions.at(-1)!.id,
      bytes: encodeUtf8(JSON.stringify(emissions)),
    };
  },
};

export class InMemoryOutput implements OutputTail, PublisherFactory {
  published: Emission[] = [];
  logStart = 0;
  /** Publishers opened and not closed. */
  openPublishers = 0;
  private epoch = 0;

  async lastEmission(): Promise<{ id: EmissionId | null; logStart: number }> {
    return { id: this.published.at(-1)?.id ?? null, logStart: this.logStart };
  }

  async open(): Promise<Publisher> {
    let epoch = -1;
    this.openPublishers++;
    return {
      fence: async () => {
        epoch = ++this.epoch;
      },
      publish: async (entries: readonly StoredOutboxEntry[], after: EmissionId | null) => {
        if (epoch !== this.epoch) throw new Fenced('A later producer has taken over.');
        for (const { bytes } of entries) {
          const emissions: Emission[] = JSON.parse(decodeUtf8(bytes));
          this.published.push(...emissions.filter(({ id }) => after === null || compareIds(id, after) > 0));
        }
      },
      close: async () => {
        this.openPublishers--;
      },
    };
  }
}
