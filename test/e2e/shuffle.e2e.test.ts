/** The order of a day's events: whatever it is, the numbers are the same, and so are the tiers that follow them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { repositoryDir } from '@tierflow/local/paths';
import { expect, test } from 'vitest';
import { asOfLater, backtest } from './folded.ts';
import { samplePolicy } from './pipeline.ts';
import { pipelineUnderTest } from './pipeline-under-test.ts';

const sample = join(repositoryDir, 'deploy/samples/online-retail/events.jsonl.gz');
const sliceDays = 30;

const pipeline = pipelineUnderTest('shuffle', async opened => {
  await Promise.all([opened.startTiering('tiering-1'), opened.startTiering('tiering-2')]);
});

/** The sample's lines by day; the sample has them in order of time. */
function linesByDay(): string[][] {
  const days = new Map<string, string[]>();
  for (const line of gunzipSync(readFileSync(sample)).toString().trim().split('\n')) {
    const day = (JSON.parse(line).occurredAt as string).slice(0, 10);
    days.set(day, [...(days.get(day) ?? []), line]);
  }
  return [...days.values()];
}

/** Mulberry32: the same numbers in every run. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const order = [...items];
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

function write(name: string, days: readonly (readonly string[])[]): string {
  const file = join(pipeline().folder, name);
  writeFileSync(file, days.flat().join('\n'));
  return file;
}

async function foldOf(file: string) {
  const { customers } = await backtest(pipeline(), '--events', file, '--policy', samplePolicy);
  return [...customers.values()];
}

test('the whole year, shuffled within each day, folds to the same customers', async () => {
  const random = randomFrom(20_111_209);
  const days = linesByDay();
  const inOrder = await foldOf(write('in-order.jsonl', days));
  const outOfOrder = await foldOf(
    write(
      'shuffled.jsonl',
      days.map(day => shuffled(day, random)),
    ),
  );
  expect(outOfOrder.map(({ customerId, measures }) => ({ customerId, measures }))).toEqual(
    inOrder.map(({ customerId, measures }) => ({ customerId, measures })),
  );
  expect(outOfOrder.map(tiersOf)).toEqual(inOrder.map(tiersOf));
});

/** Without `since`: a tier that is left and reached again within one day has begun anew, which order decides. */
function tiersOf({ standings }: { standings: Readonly<Record<string, { tier: string | null }>> }) {
  return Object.entries(standings).map(([program, { tier }]) => [program, tier]);
}

test('so does a month through the processes, shuffled over all its days', async () => {
  const days = linesByDay().slice(0, sliceDays);
  const expected = await foldOf(write('month.jsonl', days));
  const shuffledMonth = write('shuffled-month.jsonl', [shuffled(days.flat(), randomFrom(1))]);
  await pipeline().tierctl('import', shuffledMonth);
  await pipeline().drained();
  const views = await pipeline().views();
  expect(views.size).toBe(expected.length);
  for (const customer of expected) {
    const view = asOfLater(views.get(customer.customerId)!, customer.asOf);
    expect({ ...view, standings: tiersOf(view) }).toEqual({ ...customer, standings: tiersOf(customer) });
  }
});
