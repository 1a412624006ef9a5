/**
 * Redis as its users meet it: a master whose replica lags, backups, a flush, a failover after which somebody still talks
 * to the old master. What one call does is atomic, which is what the functions of the real one are tested for
 * (test/contract); the store itself is the product's in-memory one.
 */
import type { EmissionId } from '@tierflow/customer/changes';
import { CursorMoved, Fenced, PortFailure, StateLost } from '@tierflow/processor/errors';
import { InMemoryRankIndex } from '@tierflow/processor/in-memory-rank-index';
import { InMemoryStateStore } from '@tierflow/processor/in-memory-state-store';
import type { Claimed, Commit, StateStore } from '@tierflow/processor/ports';
import { Link, type Network, type Target } from './network.ts';
import type { Actor } from './scheduler.ts';

export type Stored = ReturnType<InMemoryStateStore['partition']>;

const partition = 0;
/** Writes by which a replica may lag, and backups that are kept. */
const lagWritesMax = 6;
const backupsMax = 12;

/** One server process with its data. */
export class RedisInstance {
  readonly name: string;
  readonly store = new InMemoryStateStore();
  /** The last writes, the newest one last: what a replica may have. */
  readonly recent: Stored[] = [];
  readonly backups: Stored[] = [];
  /** Counted up whenever the data jumped: a flush, a restore. */
  incarnation = 0;
  private writes = 0;

  constructor(name: string, from: Stored | null) {
    this.name = name;
    if (from !== null) this.restore(from);
    this.wrote();
  }

  get stored(): Stored {
    return this.store.partition(partition);
  }

  restore(from: Stored): void {
    Object.assign(this.stored, copyOf(from));
    this.incarnation++;
  }

  wrote(): void {
    const copy = copyOf(this.stored);
    this.recent.push(copy);
    if (this.recent.length > lagWritesMax) this.recent.shift();
    if (++this.writes % 3 === 0) this.backups.push(copy);
    if (this.backups.length > backupsMax) this.backups.splice(1, 1);
  }
}

/** Values are never changed in place, so a copy of the tables is a snapshot; a rank index is a table, too. */
export function copyOf(stored: Stored): Stored {
  const { heads, chunks, views, due, flow, stock, records, headline, ranks, closings, digests } = stored;
  return {
    ...stored,
    outbox: [...stored.outbox],
    heads: new Map(heads),
    chunks: new Map(chunks),
    views: new Map(views),
    due: new Map(due),
    flow: new Map(flow),
    stock: new Map(stock),
    records: new Map(records),
    headline: new Map(headline),
    ranks: new Map([...ranks].map(([ranking, index]) => [ranking, new InMemoryRankIndex(index)])),
    closings: new Map(closings),
    digests: new Map(digests),
  };
}

export interface RedisWatch {
  claimed(instance: RedisInstance, token: string, emitted: EmissionId | null, found: Claimed): void;
  committed(instance: RedisInstance, commit: Commit): void;
}

export class SimRedis {
  master = new RedisInstance('redis-1', null);
  /** The master before the last failover. */
  private former: RedisInstance | null = null;
  readonly network: Network;
  readonly watch: RedisWatch;
  readonly clients = new Set<SimStateStore>();
  private instances = 1;

  constructor(network: Network, watch: RedisWatch) {
    this.network = network;
    this.watch = watch;
  }

  connect(actor: Actor): SimStateStore {
    const client = new SimStateStore(this, actor);
    this.clients.add(client);
    return client;
  }

  flush(): void {
    this.master.restore(new InMemoryStateStore().partition(partition));
    this.master.wrote();
  }

  /** An operator brings back an older backup; every connection ends with the restart. */
  restoreBackup(): void {
    const { backups } = this.master;
    if (backups.length === 0) return;
    this.master.restore(backups[this.network.random.below(backups.length)]!);
    this.master.wrote();
    for (const client of this.clients) client.link.break();
  }

  /** A replica becomes the master, and a moment later the old one is it again, with all that it had. */
  flap(): void {
    const { random, scheduler } = this.network;
    this.failOver();
    for (const client of this.clients) client.reconnect();
    const back = () => {
      if (this.former === null) return;
      this.master = this.former;
      this.former = null;
      for (const client of this.clients) client.reconnect();
    };
    scheduler.add('the old master is back', back, { delaySteps: 1 + random.below(20) });
  }

  /** A replica that lags becomes the master. Some clients do not notice for a while. */
  failOver(): void {
    const { random, scheduler } = this.network;
    const { recent } = this.master;
    const from = recent[Math.max(0, recent.length - 1 - random.below(lagWritesMax))]!;
    this.former = this.master;
    this.master = new RedisInstance(`redis-${++this.instances}`, from);
    for (const client of this.clients) {
      if (random.below(2) === 0) client.reconnect();
      else scheduler.add('the old master is gone', () => client.reconnect(), { delaySteps: this.network.delaySteps() });
    }
  }
}

/** The client of one process, with the one rule that the Redis adapter has on its side: what a smaller epoch means. */
export class SimStateStore implements StateStore {
  readonly actor: Actor;
  readonly link: Link;
  private readonly redis: SimRedis;
  private instance: RedisInstance;
  private claimed: { readonly token: string; readonly epoch: number } | null = null;

  constructor(redis: SimRedis, actor: Actor) {
    this.redis = redis;
    this.actor = actor;
    this.instance = redis.master;
    this.link = new Link(actor, redis.network, () => new PortFailure('connection', 'The connection was lost.'));
  }

  reconnect(): void {
    this.link.break();
    this.instance = this.redis.master;
  }

  claim(...args: Parameters<StateStore['claim']>): Promise<Claimed> {
    return this.call('claim', ['redis'], async instance => {
      const claimed = await instance.store.claim(...args);
      this.claimed = { token: args[1], epoch: instance.stored.epoch };
      instance.wrote();
      this.redis.watch.claimed(instance, args[1], args[2], claimed);
      return claimed;
    });
  }

  reset(...args: Parameters<StateStore['reset']>): Promise<void> {
    return this.call('reset', ['redis'], async instance => {
      await instance.store.reset(...args);
      instance.wrote();
    });
  }

  loadHeads(...args: Parameters<StateStore['loadHeads']>): ReturnType<StateStore['loadHeads']> {
    return this.call('load', ['redis'], instance => instance.store.loadHeads(...args));
  }

  loadChunks(...args: Parameters<StateStore['loadChunks']>): Promise<Uint8Array[]> {
    return this.call('load chunks', ['redis'], instance => instance.store.loadChunks(...args));
  }

  due(...args: Parameters<StateStore['due']>): Promise<string[]> {
    return this.call('due', ['redis'], instance => instance.store.due(...args));
  }

  verify(...args: Parameters<StateStore['verify']>): Promise<void> {
    return this.call('verify', ['redis'], instance => instance.store.verify(...args));
  }

  commit(at: number, commit: Commit): Promise<void> {
    let arrivals = 0;
    return this.call(`commit → ${commit.nextCursor}`, ['redis', 'commit'], async instance => {
      if (++arrivals === 2) this.redis.network.coverage.count('commit arrived twice');
      await instance.store.commit(at, commit);
      instance.wrote();
      if (instance !== this.redis.master) this.redis.network.coverage.count('write to the old master');
      this.redis.watch.committed(instance, commit);
    });
  }

  private call<T>(label: string, targets: readonly Target[], work: (on: RedisInstance) => Promise<T>): Promise<T> {
    // A broken connection finds the master that is one when it is made anew.
    if (this.link.isFresh) this.instance = this.redis.master;
    const { instance } = this;
    return this.link.request(`redis ${label}`, targets, async () => {
      try {
        return await work(instance);
      } catch (error) {
        throw this.refusalOf(error, instance);
      }
    });
  }

  private refusalOf(error: unknown, instance: RedisInstance): unknown {
    const { coverage } = this.redis.network;
    if (error instanceof CursorMoved) coverage.count('refused: cursor moved');
    if (error instanceof StateLost) coverage.count('refused: state lost');
    if (!(error instanceof Fenced)) return error;
    if (this.claimed !== null && instance.stored.epoch < this.claimed.epoch) {
      coverage.count('refused: older backup');
      return new CursorMoved('Redis went back to a state from before the takeover.');
    }
    coverage.count('fenced by a token');
    return error;
  }
}
