import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PutCustomer } from '@tierflow/redis/partition-hold';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openPartitionFile, PartitionFileWriter, type PartitionHeader } from './partition-file.ts';

const bytes = fc.uint8Array({ maxLength: 40 });
// Line separators of every kind stand in ids and views too.
const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('a\nb', 'a\r\nb', 'a\u2028b', 'a\u2029b', '"\\'),
);
const id = fc.record({ offset: fc.nat(), index: fc.nat() });
const table = fc.array(fc.tuple(text, fc.nat()), { maxLength: 5 }).map(entries => new Map(entries));

const header: fc.Arbitrary<PartitionHeader> = fc.record({
  partition: fc.nat(100),
  cursor: fc.nat(),
  stateFormat: fc.nat(9),
  foldVersion: fc.nat(9),
  partitionState: fc.option(text),
  acknowledged: fc.option(id),
  counters: fc.record({ flow: table, stock: table, records: table, headline: table }),
  outbox: fc.array(fc.record({ first: id, last: id, bytes }), { maxLength: 4 }),
  closings: fc.array(fc.record({ day: fc.nat(30_000), json: text }), { maxLength: 4 }),
});

const customer: fc.Arbitrary<PutCustomer> = fc.record({
  id: text,
  slice: fc.nat(63),
  dueDay: fc.oneof(fc.integer({ min: -50, max: 30_000 }), fc.constant(Number.POSITIVE_INFINITY)),
  head: bytes,
  view: fc.option(text),
  chunks: fc.array(fc.record({ sequence: fc.nat(99), bytes }), { maxLength: 3 }),
  ranks: fc.array(fc.record({ ranking: text, value: fc.maxSafeInteger().map(value => value + 0) }), { maxLength: 3 }),
});

test('what is written is read again, whatever it is', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'tierflow-partition-file-'));
  const path = join(dir, 'partition.jsonl.gz');
  try {
    await fc.assert(
      fc.asyncProperty(header, fc.array(customer, { maxLength: 20 }), async (given, customers) => {
        const writer = new PartitionFileWriter(path);
        await writer.header(given);
        for (const each of customers) await writer.customer(each);
        await writer.close();
        const file = await openPartitionFile(path);
        const read: PutCustomer[] = [];
        for await (const each of file.customers) read.push(each);
        expect(plain(file.header)).toEqual(plain(given));
        expect(plain(read)).toEqual(plain(customers));
      }),
      { numRuns: 100 },
    );
  } finally {
    rmSync(dir, { recursive: true });
  }
});

/** Bytes as arrays, so that a Buffer equals what it holds. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return [...value];
  if (value instanceof Map) return new Map(value);
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]));
}
