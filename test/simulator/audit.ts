/**
 * The invariants, looked at after every step that could break one. Numbers in brackets are those that the design of the
 * tests gives them.
 */
import { isDeepStrictEqual } from 'node:util';
import { compareIds, type Emission, type EmissionId, type Rejection } from '@tierflow/customer/changes';
import { CursorMoved, PortFailure, StateLost } from '@tierflow/processor/errors';
import type { Claimed, Commit, StoredOutboxEntry } from '@tierflow/processor/ports';
import type { Message } from 'kafkajs';
import { naiveRecordOf } from '../oracle/real-fold.ts';
import type { Reference } from './reference.ts';
import { unpublishedBytesMax } from './sim-process.ts';
import type { RedisInstance, RedisWatch } from './sim-redis.ts';
import { digestOf } from './stored-digest.ts';
import type { World } from './world.ts';

export class Audit implements RedisWatch {
  /** The first thing that was wrong; null: nothing. */
  violation: string | null = null;
  /** Changes that readers can see. */
  published = 0;
  /** Commits and visible changes, to see that a halted partition does neither. */
  writes = 0;
  readonly rejections = new Set<string>();
  private readonly world: World;
  private readonly reference: Reference;
  private readonly tokens = new Set<string>();
  private readonly idsOf = new WeakMap<Uint8Array, readonly string[]>();
  /** By instance: the token of its last claim, and the incarnation of its data then. */
  private readonly owners = new Map<RedisInstance, { readonly token: string; readonly incarnation: number }>();
  private foldedUpTo = 0;

  constructor(world: World, reference: Reference) {
    this.world = world;
    this.reference = reference;
  }

  private broken(what: string): void {
    this.violation ??= what;
  }

  /** What was packed is what is found in outboxes later. */
  packed(entry: StoredOutboxEntry): StoredOutboxEntry {
    const emissions: Emission[] = JSON.parse(Buffer.from(entry.bytes).toString());
    this.idsOf.set(
      entry.bytes,
      emissions.map(({ id }) => `${id.offset}-${id.index}`),
    );
    return entry;
  }

  rejected(reported: readonly Rejection[]): void {
    for (const { offset, reason } of reported) this.rejections.add(`${offset} ${reason}`);
  }

  /** A worker met an error. Those of the ports are what it is for; any other is a defect. */
  surprised(error: unknown): void {
    if (error instanceof PortFailure || error instanceof CursorMoved || error instanceof StateLost) return;
    this.broken(`unexpected error: ${error instanceof Error ? error.stack : String(error)}`);
  }

  /** [I1] The output is a prefix of what the fold gives, to the byte. [I6] So K never goes back. */
  visible(message: Message): void {
    this.writes++;
    const emission: Emission = JSON.parse(String(message.value));
    const found = naiveRecordOf(emission);
    this.world.coverage.count(`published: ${found.type}`);
    const expected = this.reference.changes[this.published];
    if (expected === undefined) this.broken(`change ${found.id} is published beyond the last expected one`);
    else if (found.id !== expected.id) this.broken(`change ${found.id} is published where ${expected.id} belongs`);
    else if (!isDeepStrictEqual(found, expected)) this.broken(`change ${found.id} is published with another content`);
    this.published++;
    // What is visible on the topic is visible in Redis already, or was until Redis lost it.
    if (emission.id.offset >= this.foldedUpTo) this.broken(`change ${found.id} is published before it is committed`);
  }

  /** [I7] Tokens never repeat. */
  claimed(instance: RedisInstance, token: string, emitted: EmissionId | null, { cursor, outbox }: Claimed): void {
    const { coverage } = this.world;
    if (emitted !== null && cursor === null) coverage.count('redis lost');
    if (emitted !== null && cursor !== null && cursor <= emitted.offset) coverage.count('redis behind the output');
    if (outbox.some(({ last }) => emitted === null || compareIds(last, emitted) > 0)) {
      coverage.count('redis ahead of the output');
    }
    if (this.tokens.has(token)) this.broken(`token ${token} is used for a second claim`);
    this.tokens.add(token);
    this.owners.set(instance, { token, incarnation: instance.incarnation });
  }

  committed(instance: RedisInstance, commit: Commit): void {
    this.writes++;
    this.foldedUpTo = Math.max(this.foldedUpTo, commit.nextCursor);
    // [I5] Between two claims all accepted commits carry one token, unless the data jumped in between.
    const owner = this.owners.get(instance);
    if (owner !== undefined && owner.incarnation === instance.incarnation && owner.token !== commit.token) {
      this.broken(`a commit of ${commit.token} is accepted while ${owner.token} owns the partition`);
    }
    // [I8] Nothing is folded that is not there.
    if (commit.nextCursor > this.world.log.realEnd) this.broken(`the cursor ${commit.nextCursor} is beyond the log`);
    this.checkState(instance);
    this.checkOutbox(instance);
  }

  /** [I3] What is stored is the fold of the log up to the cursor. */
  private checkState({ stored }: RedisInstance): void {
    const folded = this.world.log.countBefore(stored.cursor ?? 0);
    if (folded > 0 && digestOf(stored) !== this.reference.digests[folded]) {
      this.broken(`what is stored at ${stored.cursor} is not the fold of the log up to there`);
    }
  }

  /** [I4] What is folded and whose publication is not yet decided waits in the outbox. */
  private checkOutbox({ stored }: RedisInstance): void {
    const { changes, offsets } = this.reference;
    const waiting = new Set(stored.outbox.flatMap(({ bytes }) => this.idsOf.get(bytes) ?? []));
    const undecided = new Set<string>();
    for (let n = this.world.broker.decidedChanges; n < changes.length && offsets[n]! < (stored.cursor ?? 0); n++) {
      undecided.add(changes[n]!.id);
      if (!waiting.has(changes[n]!.id)) this.broken(`change ${changes[n]!.id} is neither published nor in the outbox`);
    }
    // [I13] It is bounded: beyond the limit go only the commit that reached it and the one that was in flight.
    const sizes = stored.outbox
      .filter(({ bytes }) => this.idsOf.get(bytes)?.some(id => undecided.has(id)))
      .map(({ bytes }) => bytes.length)
      .sort((a, b) => b - a);
    const beyond = sizes.slice(2).reduce((sum, bytes) => sum + bytes, 0);
    if (beyond > unpublishedBytesMax) this.broken(`${beyond} bytes more than two commits wait in the outbox`);
  }

  /** Everything is folded, published and confirmed, and nothing is open. */
  get isAtRest(): boolean {
    const { log, redis, broker } = this.world;
    const { stored } = redis.master;
    return (
      log.isComplete &&
      stored.cursor === log.end &&
      stored.outbox.length === 0 &&
      this.published === this.reference.changes.length &&
      broker.isAtRest &&
      !broker.changes.hasOpenTransaction &&
      !broker.tiers.hasOpenTransaction
    );
  }

  /** What only holds when all is done. */
  checkEnd(): void {
    this.checkState(this.world.redis.master);
    for (const rejection of this.reference.rejections) {
      if (!this.rejections.has(rejection)) this.broken(`rejection ${rejection} was not reported`);
    }
    for (const rejection of this.rejections) {
      if (!this.reference.rejections.has(rejection)) this.broken(`rejection ${rejection} should not be`);
    }
    this.checkStandings();
  }

  /** The last standings of each customer on customer-tiers are those of its last change. */
  private checkStandings(): void {
    const { changes, tiers } = this.world.broker;
    const last = new Map<string, string | null>();
    for (const { value } of changes.visible) {
      const { record, standings }: Emission = JSON.parse(String(value));
      last.set(record.customerId, standings === null ? null : JSON.stringify(standings));
    }
    const found = new Map(tiers.visible.map(({ key, value }) => [String(key), value === null ? null : String(value)]));
    if (!isDeepStrictEqual(found, last)) this.broken('customer-tiers does not hold the last standings');
  }
}
