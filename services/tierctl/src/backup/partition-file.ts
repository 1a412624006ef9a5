/**
 * A partition as a file: JSON lines, compressed. The first line is what the partition holds beside its customers, then
 * follow the entries of its outbox, its closed days, and its customers, one a line. Bytes are in base64. It depends on nothing
 * of Redis, so it may come back on another version or another kind of server.
 */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { EmissionId } from '@tierflow/customer/changes';
import type { CounterSnapshot, DayClosing, StoredOutboxEntry } from '@tierflow/processor/ports';
import type { PutCustomer } from '@tierflow/redis/partition-hold';
import { openLines } from '../line-source.ts';

export interface PartitionHeader {
  readonly partition: number;
  readonly cursor: number;
  readonly stateFormat: number;
  readonly foldVersion: number;
  readonly partitionState: string | null;
  readonly acknowledged: EmissionId | null;
  readonly counters: CounterSnapshot;
  readonly outbox: readonly StoredOutboxEntry[];
  readonly closings: readonly DayClosing[];
}

type Table = readonly (readonly [string, number])[];

interface HeaderLine extends Omit<PartitionHeader, 'counters' | 'outbox' | 'closings'> {
  readonly counters: { readonly [T in keyof CounterSnapshot]: Table };
  readonly outboxEntries: number;
  readonly closedDays: number;
}

type OutboxLine = readonly [first: EmissionId, last: EmissionId, bytes: string];

type ClosingLine = readonly [day: number, json: string];

type CustomerLine = readonly [
  id: string,
  slice: number,
  /** null: never. */
  dueDay: number | null,
  head: string,
  view: string | null,
  chunks: readonly (readonly [sequence: number, bytes: string])[],
  ranks: readonly (readonly [ranking: string, value: number])[],
];

export class PartitionFileWriter {
  readonly #gzip = createGzip();
  readonly #written: Promise<void>;

  constructor(path: string) {
    this.#written = finished(this.#gzip.pipe(createWriteStream(path)));
    // Its failure is met at the end.
    this.#written.catch(() => {});
  }

  async header({ counters, outbox, closings, ...rest }: PartitionHeader): Promise<void> {
    const { flow, stock, records, headline } = counters;
    const line: HeaderLine = {
      ...rest,
      counters: { flow: [...flow], stock: [...stock], records: [...records], headline: [...headline] },
      outboxEntries: outbox.length,
      closedDays: closings.length,
    };
    await this.#line(line);
    for (const { first, last, bytes } of outbox) await this.#line([first, last, toBase64(bytes)] satisfies OutboxLine);
    for (const { day, json } of closings) await this.#line([day, json] satisfies ClosingLine);
  }

  async customer({ id, slice, dueDay, head, view, chunks, ranks }: PutCustomer): Promise<void> {
    const line: CustomerLine = [
      ...([id, slice, dueDay === Number.POSITIVE_INFINITY ? null : dueDay, toBase64(head), view] as const),
      chunks.map(({ sequence, bytes }) => [sequence, toBase64(bytes)] as const),
      ranks.map(({ ranking, value }) => [ranking, value] as const),
    ];
    await this.#line(line);
  }

  async close(): Promise<void> {
    this.#gzip.end();
    await this.#written;
  }

  async #line(value: unknown): Promise<void> {
    if (this.#gzip.write(`${JSON.stringify(value)}\n`)) return;
    await Promise.race([once(this.#gzip, 'drain'), this.#written]);
  }
}

export interface PartitionFile {
  readonly header: PartitionHeader;
  readonly customers: AsyncGenerator<PutCustomer>;
}

export async function openPartitionFile(path: string): Promise<PartitionFile> {
  const lines = valuesOf(path);
  const { counters, outboxEntries, closedDays, ...rest } = (await lines.next()).value as HeaderLine;
  const outbox: StoredOutboxEntry[] = [];
  while (outbox.length < outboxEntries) {
    const [first, last, bytes] = (await lines.next()).value as OutboxLine;
    outbox.push({ first, last, bytes: Buffer.from(bytes, 'base64') });
  }
  const closings: DayClosing[] = [];
  while (closings.length < closedDays) {
    const [day, json] = (await lines.next()).value as ClosingLine;
    closings.push({ day, json });
  }
  const header: PartitionHeader = {
    ...rest,
    counters: {
      flow: new Map(counters.flow),
      stock: new Map(counters.stock),
      records: new Map(counters.records),
      headline: new Map(counters.headline),
    },
    outbox,
    closings,
  };
  return { header, customers: customersOf(lines) };
}

async function* valuesOf(path: string): AsyncGenerator<unknown, undefined> {
  for await (const lines of openLines(path).lines) for (const { bytes } of lines) yield JSON.parse(bytes.toString());
}

async function* customersOf(lines: AsyncGenerator<unknown>): AsyncGenerator<PutCustomer> {
  for await (const line of lines) {
    const [id, slice, dueDay, head, view, chunks, ranks] = line as CustomerLine;
    yield {
      id,
      slice,
      dueDay: dueDay ?? Number.POSITIVE_INFINITY,
      head: Buffer.from(head, 'base64'),
      view,
      chunks: chunks.map(([sequence, bytes]) => ({ sequence, bytes: Buffer.from(bytes, 'base64') })),
      ranks: ranks.map(([ranking, value]) => ({ ranking, value })),
    };
  }
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
