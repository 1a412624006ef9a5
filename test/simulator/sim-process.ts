/** A tiering process of the simulated world: the product's own group member, worker, takeover, task and publisher. */
import { emissionHeaders } from '@tierflow/codec/emission-headers';
import type { Emission, Rejection } from '@tierflow/customer/changes';
import { KafkaOutputTail } from '@tierflow/kafka/output-tail';
import type { RawRecord, RecordReader } from '@tierflow/kafka/record-reader';
import { TransactionalProducer } from '@tierflow/kafka/transactional-producer';
import { type PackedEmission, TransactionalPublishers } from '@tierflow/kafka/transactional-publisher';
import { PortFailure } from '@tierflow/processor/errors';
import type { EventLog, OutboxCodec, RejectionSink } from '@tierflow/processor/ports';
import { type TakeOverPorts, takeOver } from '@tierflow/processor/take-over';
import { jsonOutbox } from '@tierflow/processor/testing/in-memory-output';
import type { Logger } from '@tierflow/telemetry/log';
import type { TieringMetrics } from '@tierflow/telemetry/tiering-metrics';
import { Tiering } from '@tierflow/tiering/tiering';
import { genesis } from '../oracle/random-log.ts';
import type { Actor } from './scheduler.ts';
import { SimProducer } from './sim-producer.ts';
import type { SimStateStore } from './sim-redis.ts';
import type { World } from './world.ts';

const readRecordsMax = 7;
const pauseStepsMax = 8;
/** Small, so that a transaction has several sends, and what waits needs several transactions. */
const sendRecordsMax = 2;
const transactionBytesMin = 1500;
export const unpublishedBytesMax = 6000;

export const jsonUnpack = (bytes: Uint8Array): PackedEmission[] =>
  (JSON.parse(Buffer.from(bytes).toString()) as Emission[]).map(emission => {
    const { id, record, standings } = emission;
    const { type, revision, customerId: key, recordedAt } = record;
    return {
      ...{ id, type, revision, key, recordedAt },
      record: Buffer.from(JSON.stringify(emission)),
      standings: standings === null ? null : Buffer.from(JSON.stringify(standings)),
    };
  });

export class SimProcess implements Actor {
  readonly name: string;
  isFrozen = false;
  isDead = false;
  readonly store: SimStateStore;
  readonly tiering: Tiering;
  /** Where the guards have stopped it; null: they have not. */
  haltedBy: string | null = null;
  private readonly world: World;
  private tokens = 0;

  constructor(world: World, name: string) {
    this.world = world;
    this.name = name;
    this.store = world.redis.connect(this);
    const ports = this.ports();
    this.tiering = new Tiering(
      assignments => world.group.memberOf(this, assignments),
      {
        reader: { read: request => this.read(request.offset), release: () => {} } as Pick<
          RecordReader,
          'read' | 'release'
        >,
        topic: 'customer-events',
        takeOver: (partition, token) =>
          takeOver(partition, token, genesis, ports, {
            cacheCustomersMax: world.cacheCustomersMax,
            unpublishedBytesMax,
            transactionBytesMin,
            views: 'always',
          }),
        decode: async records => records as never,
        room: { isFull: false, refused() {} },
        pacing: { now: () => world.scheduler.now, pause: (_, signal) => this.pause(signal) },
        newToken: () => `${name}-${++this.tokens}`,
        metrics: this.metrics(),
        logger: this.logger(),
      },
      { fetchBytes: 0, commitEventsMax: 5, commitIntervalMinMs: 1, verifyIntervalMs: 50 },
    );
    this.tiering.start();
  }

  private ports(): TakeOverPorts {
    const { world } = this;
    const { log } = world;
    const events: EventLog = {
      bounds: () => this.ask('bounds', () => ({ start: log.start, end: log.end })),
      genesis: () => this.ask('genesis', () => (log.start > 0 ? null : log.first)),
    };
    const tail = {
      tail: () => this.ask('tail of the output', () => world.tail()),
    } as unknown as RecordReader;
    const outbox: OutboxCodec = { pack: (...args) => world.audit.packed(jsonOutbox.pack(...args)) };
    const rejections: RejectionSink = {
      report: (_, reported: readonly Rejection[]) => this.ask('rejections', () => world.audit.rejected(reported)),
    };
    return {
      store: this.store,
      log: events,
      tail: new KafkaOutputTail(tail, 'tier-changes'),
      publishers: new TransactionalPublishers(id => new TransactionalProducer(this.producer(), id, work => work), {
        changesTopic: 'tier-changes',
        tiersTopic: 'customer-tiers',
        sendRecordsMax,
        transactionalId: partition => `simulated-${partition}`,
        unpack: jsonUnpack,
        headers: (partition, emission) => emissionHeaders('simulated', partition, emission),
      }),
      outbox,
      rejections,
    };
  }

  private producer(): SimProducer {
    return new SimProducer(this, this.world.network, this.world.broker);
  }

  private ask<T>(label: string, effect: () => T): Promise<T> {
    const timeout = () => new PortFailure('timeout', `No answer: ${label}.`);
    return this.world.network.request(this, label, ['kafka'], effect, timeout);
  }

  private read(offset: number): ReturnType<RecordReader['read']> {
    const { log, scheduleRandom } = this.world;
    const count = 1 + scheduleRandom.below(readRecordsMax);
    return this.ask(`read at ${offset}`, () => {
      const { start, end } = log;
      const bounds = { logStart: start, highWatermark: end };
      if (offset < start || offset > end) return { status: 'outOfRange' as const, ...bounds };
      const records = log.from(offset, count);
      const nextOffset = records.length < count ? end : records.at(-1)!.offset + 1;
      return {
        status: 'read' as const,
        records: records as unknown as readonly RawRecord[],
        unreadable: [],
        nextOffset,
        lastStableOffset: end,
        ...bounds,
      };
    });
  }

  private pause(signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const delaySteps = 1 + this.world.scheduleRandom.below(pauseStepsMax);
    this.world.scheduler.add(`${this.name} has waited`, resolve, { actor: this, delaySteps });
    signal?.addEventListener('abort', () => resolve(), { once: true });
    return promise;
  }

  private metrics(): TieringMetrics {
    const nothing = { inc() {}, set() {}, remove() {}, observe() {} };
    const halted = {
      set: ({ reason }: { reason: string }) => {
        this.haltedBy = reason;
        this.world.coverage.count(`halted: ${reason}`);
      },
      remove: () => {
        this.haltedBy = null;
      },
    };
    return {
      takeovers: nothing,
      records: nothing,
      lagRecords: nothing,
      outboxPending: nothing,
      owned: nothing,
      halted,
      paused: nothing,
      forget() {},
    } as unknown as TieringMetrics;
  }

  private logger(): Logger {
    const note = (_: unknown, message: string) => this.world.scheduler.note(`${this.name} says: ${message}`);
    const warn = (details: { err?: unknown }, message: string) => {
      if ('err' in details) this.world.audit.surprised(details.err);
      note(details, `${message}: ${String(details.err)}`);
    };
    return { info: note, warn, error: note } as unknown as Logger;
  }
}
