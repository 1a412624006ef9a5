/** The Redis store against a real server: the contract, and what only Redis can do wrong. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRedis } from '@tierflow/local/servers/redis-executable';
import { CursorMoved, Fenced, PortFailure, StateLost } from '@tierflow/processor/errors';
import { dropNamespace } from '@tierflow/redis/drop-namespace';
import { evictionWarning } from '@tierflow/redis/eviction-warning';
import { ensureFunctions, functionNames, libraryName } from '@tierflow/redis/function-library';
import { PartitionKeys } from '@tierflow/redis/keys';
import { readMemory } from '@tierflow/redis/memory';
import { openRedis } from '@tierflow/redis/open-redis';
import { RedisRankIndexes } from '@tierflow/redis/rank-indexes';
import { RedisStateReader } from '@tierflow/redis/state-reader';
import { RedisStateStore } from '@tierflow/redis/state-store';
import type { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, inject, test, vi } from 'vitest';
import { bytesOf, commitOf, noCounters } from './commit-under-test.ts';
import { testStateStore } from './state-store.contract.ts';

const url = inject('redisUrl');

testStateStore('Redis', async partitions => {
  const namespace = `contract-${randomUUID()}`;
  const client = await openRedis({ url });
  return {
    store: new RedisStateStore(client, namespace),
    ranks: () => new RedisRankIndexes(client, namespace, partitions),
    readClosings: (...given) => new RedisStateReader(client, namespace).readClosings(...given),
    loseEverything: async () => void (await dropNamespace(client, namespace)),
    close: async () => {
      await dropNamespace(client, namespace);
      client.disconnect();
    },
  };
});

describe('on a shared server', () => {
  const keysOf = (namespace: string) => new PartitionKeys(namespace, 0);
  let client: Redis;
  let observer: Redis;
  let namespace: string;
  let store: RedisStateStore;

  beforeEach(async () => {
    namespace = `redis-${randomUUID()}`;
    client = await openRedis({ url });
    observer = await openRedis({ url });
    store = new RedisStateStore(client, namespace);
    await store.claim(0, 'owner', null);
    await store.commit(
      0,
      commitOf({
        heads: [{ customerId: 'a', bytes: bytesOf('A') }],
        views: [{ customerId: 'a', json: '{"tier":"金"}' }],
        chunks: [{ customerId: 'a', sequence: 4, bytes: bytesOf('4') }],
        due: [
          { customerId: 'a', slice: 0, day: 100 },
          { customerId: 'b', slice: 1, day: Number.POSITIVE_INFINITY },
        ],
        ranks: [{ ranking: 'spend-0', customerId: 'a', value: 5 }],
        closings: [{ day: 99, json: '{}' }],
        counters: { ...noCounters, stock: new Map([['p|gold', 1]]), headline: new Map([['p|gold|orders', 3]]) },
        outbox: { first: { offset: 1, index: 0 }, last: { offset: 2, index: 0 }, bytes: bytesOf('entry') },
      }),
    );
  });
  afterEach(async () => {
    await dropNamespace(observer, namespace);
    client.disconnect();
    observer.disconnect();
  });

  /** Every key with its value and type, as Redis would copy it. */
  async function dump(): Promise<Map<string, string>> {
    const keys = (await observer.keys(`{${namespace}:*`)).sort();
    return new Map(
      await Promise.all(keys.map(async key => [key, (await observer.dumpBuffer(key))!.toString('hex')] as const)),
    );
  }

  describe('a commit that cannot succeed leaves everything as it was', () => {
    const valid = () => ({
      token: 'owner',
      expectedCursor: '10',
      nextCursor: '20',
      ack: '',
      format: '1',
      fold: '1',
      state: '{}',
      outbox: '',
      counts: ['1', '1', '0', '1', '0', '1', '2', '1'],
      rest: [
        keysOf(namespace).state('a'),
        ...[keysOf(namespace).state('z'), 'Z'],
        ...['p|gold', '7'],
        ...['p|gold|spendMinor', '-7'],
        ...['0', '0123456789abcdef'],
        ...[keysOf(namespace).due(0), '1', '1', 'a', '300', 'z'],
        ...[keysOf(namespace).rank('spend-0'), '1', '1', 'a', '9007199254740991', 'z'],
      ],
    });
    type Arguments = ReturnType<typeof valid>;

    async function call(change: (commit: Arguments) => Partial<Arguments>): Promise<string[]> {
      const commit = { ...valid(), ...change(valid()) };
      const { meta, outbox, counters, digest } = keysOf(namespace);
      const { counts, rest, ...head } = commit;
      const keys = [meta, outbox, ...counters, digest];
      const reply = await observer.fcall(
        functionNames.commit,
        keys.length,
        ...keys,
        ...Object.values(head),
        ...counts,
        ...rest,
      );
      return reply as string[];
    }

    test('while a valid one writes', async () => {
      const before = await dump();
      expect(await call(() => ({}))).toEqual(['OK']);
      expect(await dump()).not.toEqual(before);
    });

    test.each<[string, (commit: Arguments) => Partial<Arguments>]>([
      ['a cursor that is no offset', () => ({ nextCursor: 'NaN' })],
      ['a negative cursor', () => ({ nextCursor: '-1' })],
      ['a format that is no number', () => ({ format: '' })],
      ['a short ack', () => ({ ack: '12' })],
      ['an outbox entry without ids', () => ({ outbox: 'emissions' })],
      ['a count that is no number', () => ({ counts: valid().counts.with(0, 'x') })],
      ['a count that is missing', () => ({ counts: ['1', '1'], rest: [] })],
      ['too few arguments', commit => ({ rest: commit.rest.slice(0, -1) })],
      ['too many arguments', commit => ({ rest: [...commit.rest, 'x'] })],
      ['a sorted set too many', () => ({ counts: valid().counts.with(6, '3') })],
      ['a count beyond the arguments', () => ({ counts: valid().counts.with(1, '9999999999') })],
      ['a score that is no number', commit => ({ rest: commit.rest.with(-2, 'NaN') })],
      ['a score beyond all numbers', commit => ({ rest: commit.rest.with(-2, '9'.repeat(400)) })],
      ['a rank that is no integer', commit => ({ rest: commit.rest.with(-2, '0.5') })],
      ['a rank beyond what is exact', commit => ({ rest: commit.rest.with(-2, '1e+21') })],
      ['a due day that is no number', commit => ({ rest: commit.rest.with(-8, 'NaN') })],
      ['a digest that is short', commit => ({ rest: commit.rest.with(8, '0123') })],
      ['a digest of no slice', commit => ({ rest: commit.rest.with(7, 'x') })],
      ['a headline counter that is no integer', commit => ({ rest: commit.rest.with(6, '1.5') })],
      ['a counter that is no integer', commit => ({ rest: commit.rest.with(4, '1.5') })],
    ])('%s', async (_, change) => {
      const before = await dump();
      expect((await call(change))[0]).toBe('INVALID');
      expect(await dump()).toEqual(before);
    });

    test.each(['outbox', 'flow', 'stock', 'records', 'headline', 'digest', 'due', 'rank'] as const)(
      'a key of a wrong type: %s',
      async name => {
        const keys = keysOf(namespace);
        const key = name === 'due' ? keys.due(0) : name === 'rank' ? keys.rank('spend-0') : keys[name];
        await observer.set(key, 'not this');
        const before = await dump();
        expect((await call(() => ({})))[0]).toBe('INVALID');
        expect(await dump()).toEqual(before);
      },
    );

    test('and the store says so', async () => {
      const commit = commitOf({
        expectedCursor: 10,
        nextCursor: 20,
        due: [{ customerId: 'a', slice: 0, day: Number.NaN }],
      });
      await expect(store.commit(0, commit)).rejects.toMatchObject({ name: 'PortFailure', code: 'protocol' });
    });
  });

  test('a meta of a wrong type is lost state', async () => {
    await observer.set(keysOf(namespace).meta, 'not a hash');
    await expect(store.commit(0, commitOf({ expectedCursor: 10 }))).rejects.toThrow(StateLost);
    await expect(store.claim(0, 'successor', null)).rejects.toThrow(StateLost);
  });

  test('a connection that breaks with a commit in flight fails it at once, and comes back', async () => {
    const id = await client.client('ID');
    // A blocking command holds back what follows on its connection, so the commit is surely in flight.
    const blocked = client.blpop(`{${namespace}:0}:nothing`, 0).catch((error: unknown) => error);
    const inFlight = store.commit(0, commitOf({ expectedCursor: 10, nextCursor: 20 })).catch((error: unknown) => error);
    await vi.waitFor(async () => expect(await observer.client('LIST', 'ID', id)).toMatch(/ flags=b /));
    await observer.client('KILL', 'ID', id);
    expect(await blocked).toBeInstanceOf(Error);
    const failure = await inFlight;
    expect(failure).toBeInstanceOf(PortFailure);
    expect(failure).toMatchObject({ code: 'connection' });

    // Nothing was resent: whoever takes over finds either the step before or the step itself, here the step before.
    await vi.waitFor(() => expect(client.status).toBe('ready'));
    expect((await store.claim(0, 'owner again', null)).cursor).toBe(10);
  });

  test('what is called while the connection is away fails at once', async () => {
    client.disconnect();
    await vi.waitFor(() => expect(client.status).toBe('end'));
    await expect(store.loadHeads(0, 'owner', 10, ['a'])).rejects.toMatchObject({ code: 'connection' });
  });

  test('a server that is not there is no connection', async () => {
    await expect(openRedis({ url: 'redis://127.0.0.1:1' })).rejects.toMatchObject({ code: 'connection' });
  });

  test('a reader sees the partition without a token', async () => {
    const reader = new RedisStateReader(observer, namespace);
    await store.claim(0, 'owner', { offset: 2, index: 0 });
    expect(await reader.readPartition(0)).toEqual({
      claimed: true,
      cursor: 10,
      stateFormat: 1,
      foldVersion: 1,
      partitionState: null,
      acknowledged: null,
      emitted: { offset: 2, index: 0 },
      outboxEntries: 1,
      counters: { ...noCounters, stock: new Map([['p|gold', 1]]), headline: new Map([['p|gold|orders', 3]]) },
    });
    expect((await reader.readPartition(1)).claimed).toBe(false);

    const customer = await reader.readCustomer(0, 'a', () => [4]);
    expect(customer?.view).toBe('{"tier":"金"}');
    expect(customer?.stored.head.toString()).toBe('A');
    expect(customer?.stored.chunks.map(String)).toEqual(['4']);
    expect(await reader.readCustomer(0, 'nobody', () => [])).toBeNull();
    await expect(reader.readCustomer(0, 'a', () => [5])).rejects.toThrow(StateLost);
    expect(await reader.readViews(0, ['nobody', 'a'])).toEqual([null, '{"tier":"金"}']);

    expect(await reader.readRank(0, 'spend-0', 'a')).toBe(5);
    expect(await reader.readRank(0, 'spend-0', 'nobody')).toBeNull();
    expect(await reader.readRank(0, 'visits-0', 'a')).toBeNull();

    expect(await reader.countCustomers(0, 2)).toBe(2);
    expect(await reader.countDue(0, 2, 100, 100)).toBe(1);
    expect(await reader.countDue(0, 2, 101, 1_000)).toBe(0);
    const ids: string[] = [];
    for await (const page of reader.customerIds(0)) ids.push(...page);
    expect(ids).toEqual(['a']);
  });

  test('dropping a namespace leaves others alone', async () => {
    const longer = `${namespace}-2`;
    const neighbour = new RedisStateStore(client, longer);
    await neighbour.claim(0, 'owner', null);
    expect(await dropNamespace(observer, namespace)).toBeGreaterThan(5);
    expect(await dump()).toEqual(new Map());
    expect(await dropNamespace(observer, longer)).toBe(1);
  });

  test('memory tells the eviction policy, and one that evicts is warned of', async () => {
    const memory = await readMemory(observer);
    expect(memory.usedBytes).toBeGreaterThan(0);
    expect(evictionWarning({ ...memory, evictionPolicy: 'noeviction' })).toBeNull();
    expect(evictionWarning({ ...memory, evictionPolicy: 'allkeys-lru' })).toContain('noeviction');
  });
});

describe('on a server of its own', () => {
  const namespace = 'own';
  let directory: string;
  let port: number;
  let server: ChildProcess;
  let client: Redis;
  let store: RedisStateStore;

  async function start(): Promise<void> {
    const options = { port, dir: directory, bind: '127.0.0.1', save: '', appendonly: 'no' };
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    server = spawn(findRedis() ?? 'redis-server', args, { stdio: 'ignore' });
    await once(server, 'spawn');
  }

  async function kill(): Promise<void> {
    const exited = once(server, 'exit');
    server.kill('SIGKILL');
    await exited;
  }

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tierflow-redis-'));
    port = await freePort();
    await start();
    client = await vi.waitFor(() => openRedis({ url: `redis://127.0.0.1:${port}` }), { timeout: 10_000 });
    store = new RedisStateStore(client, namespace);
  });
  afterEach(async () => {
    client.disconnect();
    await kill();
    await rm(directory, { recursive: true });
  });

  async function restart(): Promise<void> {
    await kill();
    await vi.waitFor(() => expect(client.status).not.toBe('ready'));
    await start();
    await vi.waitFor(() => expect(client.status).toBe('ready'), { timeout: 10_000 });
  }

  test('a restart from an older backup shows the older cursor', async () => {
    await store.claim(0, 'owner', null);
    await store.commit(0, commitOf({ nextCursor: 10 }));
    await client.save();
    await store.commit(0, commitOf({ expectedCursor: 10, nextCursor: 20 }));
    await restart();
    await expect(store.commit(0, commitOf({ expectedCursor: 20, nextCursor: 30 }))).rejects.toThrow(CursorMoved);
    expect((await store.claim(0, 'owner again', null)).cursor).toBe(10);
  });

  test('a backup from before the takeover is a moved cursor, not another owner', async () => {
    await store.claim(0, 'predecessor', null);
    await store.commit(0, commitOf({ token: 'predecessor' }));
    await client.save();
    await store.claim(0, 'owner', null);
    await restart();
    await expect(store.commit(0, commitOf({ expectedCursor: 10 }))).rejects.toThrow(CursorMoved);

    await store.claim(0, 'owner again', null);
    await store.claim(0, 'successor', null);
    await expect(store.commit(0, commitOf({ token: 'owner again', expectedCursor: 10 }))).rejects.toThrow(Fenced);
  });

  test('functions outlive FLUSHALL; after a restart without data the next takeover loads them', async () => {
    await store.claim(0, 'owner', null);
    await client.flushall();
    await expect(store.commit(0, commitOf({}))).rejects.toThrow(StateLost);
    await restart();
    await expect(store.commit(0, commitOf({}))).rejects.toMatchObject({ name: 'PortFailure', code: 'store' });
    expect((await store.claim(0, 'owner again', null)).cursor).toBeNull();
    await ensureFunctions(client);
    expect(await client.call('FUNCTION', 'LIST')).toEqual([expect.arrayContaining([libraryName])]);
  });

  test('a server that does not reply is a time-out, and its connection is replaced', async () => {
    const hasty = await openRedis({ url: `redis://127.0.0.1:${port}`, commandTimeoutMs: 100 });
    try {
      const impatient = new RedisStateStore(hasty, namespace);
      await impatient.claim(0, 'owner', null);
      await client.client('PAUSE', 60_000, 'ALL');
      const replaced = new Promise(resolve => hasty.once('close', resolve));
      await expect(impatient.loadHeads(0, 'owner', null, ['a'])).rejects.toMatchObject({ code: 'timeout' });
      await replaced;
    } finally {
      hasty.disconnect();
    }
  });

  test('a full memory refuses commits and still serves reads', async () => {
    await store.claim(0, 'owner', null);
    await store.commit(0, commitOf({ heads: [{ customerId: 'a', bytes: bytesOf('A') }] }));
    await client.config('SET', 'maxmemory', '1');
    const commit = commitOf({ expectedCursor: 10, nextCursor: 20 });
    await expect(store.commit(0, commit)).rejects.toMatchObject({ name: 'PortFailure', code: 'storeFull' });
    expect(await store.loadHeads(0, 'owner', 10, ['a'])).toEqual([Buffer.from('A')]);
    await client.config('SET', 'maxmemory', '0');
    await store.commit(0, commit);
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a port.');
  return address.port;
}
