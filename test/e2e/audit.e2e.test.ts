/**
 * What operators ask when they doubt: is a partition halted, is what Redis holds what was written, does the topic say what
 * the state says. All of it from outside, while the system works; and what was damaged is mended by folding it anew.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { partitionOf } from '@tierflow/processor/partition-of';
import { PartitionKeys } from '@tierflow/redis/keys';
import { RedisStateReader } from '@tierflow/redis/state-reader';
import { expect, test } from 'vitest';
import { expectSameAsFold } from './backtest.ts';
import { purchaseLine } from './canonical-line.ts';
import { pipelineUnderTest } from './pipeline-under-test.ts';
import type { Service } from './service.ts';

interface Audit {
  readonly findings: number;
  readonly unchecked: number;
  readonly partitions: readonly {
    readonly partition: number;
    readonly customers: number;
    readonly digestsEqual: boolean | null;
    readonly standingsEqual: boolean | null;
    readonly findings: readonly {
      readonly kind: string;
      readonly customerId: string | null;
      readonly slice: number | null;
    }[];
    readonly unchecked: readonly string[];
  }[];
}

interface Health {
  readonly halted: number;
  readonly partitions: readonly {
    readonly partition: number;
    readonly condition: string;
    readonly lag: number;
    readonly emitted: string | null;
    readonly halted: { readonly reason: string; readonly remedy: string; readonly page: string } | null;
  }[];
}

const days = 200;
const customers = Array.from({ length: 300 }, (_, i) => `c${i}`);
/** Buys every day, so that most of its days are sealed into chunks. */
const regular = 'regular';
const regularPartition = partitionOf(regular, 4);

let tiering: Service;

const pipeline = pipelineUnderTest('audit', async opened => {
  tiering = await opened.startTiering('tiering-1');
  const lines: string[] = [];
  for (let day = 0; day < days; day++) {
    lines.push(purchaseLine(regular, '11.00', at(day)));
    for (let i = day % 10; i < customers.length; i += 10)
      lines.push(purchaseLine(customers[i]!, `${i + 1}.00`, at(day)));
  }
  await importLines('year.jsonl', lines, opened);
});

function at(day: number): { readonly occurredAt: string } {
  return { occurredAt: new Date(Date.UTC(2024, 0, 1 + day, 10)).toISOString().replace('.000Z', 'Z') };
}

async function importLines(name: string, lines: readonly string[], to = pipeline()): Promise<void> {
  const file = join(to.folder, name);
  writeFileSync(file, lines.join('\n'));
  expect(await to.tierctlJson('import', '--mode', 'history', file)).toMatchObject({ written: lines.length });
  await to.drained();
}

async function audit(): Promise<Audit & { readonly code: number | null }> {
  const { code, stdout, stderr } = await pipeline().tryTierctl('audit', '--json');
  expect(stdout, stderr).not.toBe('');
  return { code, ...(JSON.parse(stdout) as Audit) };
}

async function halted(): Promise<Health & { readonly code: number | null }> {
  const { code, stdout, stderr } = await pipeline().tryTierctl('halted', '--json');
  expect(stdout, stderr).not.toBe('');
  return { code, ...(JSON.parse(stdout) as Health) };
}

/** `partition kind customer`, or without one where a slice as a whole differs. */
function findingsOf(found: Audit): string[] {
  return found.partitions
    .flatMap(({ partition, findings }) => findings.map(({ kind, customerId }) => [partition, kind, customerId ?? '']))
    .map(words => words.join(' ').trim())
    .sort();
}

/** Folds the damaged partition anew, as the runbook says. */
async function mend(partition: number): Promise<void> {
  await pipeline().tierctl('refold', '--partition', String(partition), '--yes');
  await pipeline().drained();
  expect(await audit()).toMatchObject({ code: 0, findings: 0, unchecked: 0 });
}

test('an audit of what is whole finds nothing', async () => {
  const found = await audit();
  expect(found).toMatchObject({ code: 0, findings: 0, unchecked: 0 });
  expect(found.partitions.map(({ digestsEqual, standingsEqual }) => [digestsEqual, standingsEqual])).toEqual(
    Array.from({ length: 4 }, () => [true, true]),
  );
  expect(found.partitions.reduce((sum, each) => sum + each.customers, 0)).toBe(customers.length + 1);
  expect(await pipeline().tierctl('audit')).toContain('Everything is as it was written.');
});

test('an audit finds nothing while events come in', async () => {
  const live: string[] = [];
  for (let round = 0; round < 60; round++) {
    for (let i = 0; i < customers.length; i++)
      live.push(purchaseLine(customers[i]!, `${round + 1}.00`, at(days + (round % 7))));
  }
  const importing = importLines('live.jsonl', live);
  let isOver = false;
  void importing.finally(() => {
    isOver = true;
  });
  let audits = 0;
  while (!isOver || audits === 0) {
    const { code, findings, unchecked, partitions } = await audit();
    expect({ code, findings, partitions: partitions.flatMap(each => [...each.findings, ...each.unchecked]) }).toEqual({
      code: unchecked === 0 ? 0 : 1,
      findings: 0,
      partitions: [],
    });
    audits++;
  }
  await importing;
  expect(await audit()).toMatchObject({ code: 0, findings: 0, unchecked: 0 });
});

test.each<[string, readonly string[], (keys: PartitionKeys) => Promise<unknown>]>([
  [
    'a state that is gone',
    ['onlyOnTopic regular', 'stateMissing regular'],
    keys => pipeline().redis.del(keys.state(regular)),
  ],
  [
    'a state that was altered',
    ['digestDiffers'],
    async keys => {
      const head = (await pipeline().redis.getBuffer(keys.state(regular)))!;
      head[head.length - 1]! ^= 1;
      await pipeline().redis.set(keys.state(regular), head);
    },
  ],
  [
    'a chunk that is gone',
    ['chunkMissing regular'],
    async keys => {
      expect(await pipeline().redis.del(keys.chunk(regular, 0))).toBe(1);
    },
  ],
])('%s is found, and mended by folding the partition anew', async (_, expected, damage) => {
  await damage(new PartitionKeys(pipeline().namespace, regularPartition));
  const found = await audit();
  expect(found.code).toBe(1);
  expect(findingsOf(found)).toEqual(expected.map(finding => `${regularPartition} ${finding}`));
  const { stdout, stderr } = await pipeline().tryTierctl('audit');
  expect(stdout).toContain(expected.at(-1)!.split(' ')[0]);
  expect(stderr).toContain('deploy/runbook/audit-finding.md');
  await mend(regularPartition);
});

test('a customer who is gone altogether is found on both sides', async () => {
  const keys = new PartitionKeys(pipeline().namespace, regularPartition);
  const { redis } = pipeline();
  const due = (await redis.keys(`${keys.prefix}due:*`)).sort();
  for (const key of due) await redis.zrem(key, regular);
  await redis.del(keys.state(regular));
  expect(findingsOf(await audit())).toEqual([
    `${regularPartition} digestDiffers`,
    `${regularPartition} onlyOnTopic regular`,
  ]);
  await mend(regularPartition);
});

test('digests that are gone are told, and begun anew by a refold', async () => {
  await pipeline().redis.del(new PartitionKeys(pipeline().namespace, regularPartition).digest);
  const found = await audit();
  expect(found.code).toBe(1);
  expect(new Set(found.partitions.flatMap(({ findings }) => findings.map(({ kind }) => kind)))).toEqual(
    new Set(['digestMissing']),
  );
  await mend(regularPartition);
});

test('a partition that is lost while nothing happens is folded anew unasked', async () => {
  const keys = new PartitionKeys(pipeline().namespace, 0);
  const { redis } = pipeline();
  const all = await redis.keys(`${keys.prefix}*`);
  await redis.unlink(all);
  const states = new RedisStateReader(redis, pipeline().namespace);
  await expect.poll(async () => (await states.readPartition(0)).cursor, { timeout: 60_000 }).not.toBeNull();
  await pipeline().drained();
  expect(await audit()).toMatchObject({ code: 0 });
});

test('what was mended is what a fold of the log gives', async () => {
  await expectSameAsFold(pipeline());
});

test('no partition is halted, and a table says how each stands', async () => {
  const { code, partitions } = await halted();
  expect(code).toBe(0);
  expect(partitions.map(({ condition, lag }) => [condition, lag])).toEqual(
    Array.from({ length: 4 }, () => ['fine', 0]),
  );
  expect(partitions.every(({ emitted }) => /^\d+-\d+$/.test(emitted ?? ''))).toBe(true);
  expect(await pipeline().tierctl('halted')).toContain('No partition is halted.');
});

test.each([
  ['fold', '99', 'unknownFoldVersion', 'Run the release'],
  ['format', '99', 'unknownStateFormat', 'folded anew'],
  ['ack', 'f'.repeat(24), 'outputRegressed', 'Restore the topic'],
  ['cursor', '999999999', 'cursorBeyondLog', 'Restore the topic'],
])('a partition whose stored %s is %s is halted: %s', async (field, value, reason, remedy) => {
  // Nobody of tiering is asked.
  await tiering.process.stop();
  const { meta } = new PartitionKeys(pipeline().namespace, 1);
  const { redis } = pipeline();
  const stored = await redis.hget(meta, field);
  await redis.hset(meta, field, value);
  const { code, partitions } = await halted();
  expect(code).toBe(1);
  expect(partitions.map(({ condition }) => condition)).toEqual(['fine', 'halted', 'fine', 'fine']);
  const page = `deploy/runbook/halted.md#${reason.toLowerCase()}`;
  expect(partitions[1]!.halted).toMatchObject({ reason, remedy: expect.stringContaining(remedy), page });
  const { stdout } = await pipeline().tryTierctl('halted');
  expect(stdout).toContain(`halted: ${reason}`);
  expect(stdout).toContain(page);
  if (reason !== 'unknownStateFormat') {
    const { stderr } = await pipeline().tryTierctl('refold', '--partition', '1', '--yes');
    expect(stderr).toContain('does not mend that');
  }
  await redis.hset(meta, field, stored!);
  expect((await halted()).code).toBe(0);
});

test('a partition of another state format is folded anew by this release', async () => {
  await pipeline().redis.hset(new PartitionKeys(pipeline().namespace, 1).meta, 'format', '99');
  await pipeline().tierctl('refold', '--partition', '1', '--yes');
  await pipeline().startTiering('tiering-2');
  await pipeline().drained();
  expect(await audit()).toMatchObject({ code: 0, findings: 0, unchecked: 0 });
});
