/**
 * Reads records at exact positions, outside any consumer group.
 *
 * Group membership (membership.ts) and reading are two things here, although a kafkajs consumer does both, because a
 * consumer gives away what exactly once needs: a batch fetched before a seek may arrive after it; an offset out of range
 * jumps silently to an end of the log; an unreadable batch kills the consumer without a sound; one slow partition
 * stalls its neighbours; and the tail of the output, the genesis, an export or an audit have no group at all. So the
 * group's consumer only holds the membership, and records are fetched here, over kafkajs' own connections, with every
 * outcome named.
 *
 * The broker answers the requests of one connection in order, so a fetch that waits for data holds up all behind it.
 * Therefore a partition that is polled with a wait has a connection of its own; fetches without a wait share one.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { PortFailure } from '@tierflow/processor/errors';
import type { KafkaConnection } from './connection.ts';
import { withDeadline } from './deadline.ts';
import { mayPass, toPortError } from './errors.ts';
import { decodeFetchResponse, type FetchedPartition } from './fetch-response.ts';
import { type Cluster, type ConnectionPool, createCluster, fetchRequest, protocolError } from './kafkajs-internals.ts';
import { decodeBatches, type RawRecord, type UnreadableBatch } from './record-batch.ts';

export type { RawRecord, RecordHeader, UnreadableBatch } from './record-batch.ts';

export interface ReadRequest {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** A batch larger than this still arrives whole. */
  readonly maxBytes?: number;
  /** How long the broker may hold the answer back when there is nothing to read. */
  readonly maxWaitMs?: number;
  /** Reads over batches that cannot be unpacked and names them. Otherwise they are a failure: a log has no gaps. */
  readonly skipsUnreadable?: boolean;
}

export interface RecordsRead {
  readonly status: 'read';
  /** Committed records, ascending. */
  readonly records: readonly RawRecord[];
  /** Empty unless `skipsUnreadable` was asked for. */
  readonly unreadable: readonly UnreadableBatch[];
  /** Where to read next: past control records and aborted data, so a read without records can be progress. */
  readonly nextOffset: number;
  readonly logStart: number;
  readonly highWatermark: number;
  /** First offset of an open transaction, or the high watermark: committed reads end here. */
  readonly lastStableOffset: number;
}

export interface OffsetOutOfRange {
  readonly status: 'outOfRange';
  readonly logStart: number;
  readonly highWatermark: number;
}

export interface LogBounds {
  readonly logStart: number;
  readonly highWatermark: number;
}

export interface LogTail {
  readonly record: RawRecord | null;
  readonly logStart: number;
}

const maxBytesDefault = 1024 * 1024;
const attemptsMax = 10;
/** Longer than any time-out of kafkajs within, and than a broker may hold an answer back. */
const attemptMsMax = 30_000;
const backoffMinMs = 50;
const backoffMaxMs = 1000;
const readCommitted = 1;
const offsetOutOfRangeCode = 1;
const tailStepOffsetsMin = 64;
const tailStepGrowth = 4;

interface Lane {
  readonly leader: number;
  readonly connections: ConnectionPool;
}

export class RecordReader {
  readonly #cluster: Cluster;
  readonly #topics = new Set<string>();
  /** By `topic/partition`: the connection of a partition that is polled with a wait. */
  readonly #lanes = new Map<string, Lane>();
  #closed = false;

  static async open(connection: KafkaConnection): Promise<RecordReader> {
    const cluster = createCluster(connection);
    try {
      await cluster.connect();
    } catch (error) {
      throw toPortError(error, `connecting to ${connection.brokers.join(',')}`);
    }
    return new RecordReader(cluster);
  }

  private constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  async read(request: ReadRequest): Promise<RecordsRead | OffsetOutOfRange> {
    const { topic, partition, offset } = request;
    return this.#retrying(topic, partition, `reading ${topic}/${partition} at ${offset}`, async () => {
      const fetched = await this.#fetch(request);
      if (fetched.errorCode === offsetOutOfRangeCode) {
        return { status: 'outOfRange', ...(await this.#listBounds(topic, partition)) };
      }
      if (fetched.errorCode !== 0) throw protocolError(fetched.errorCode);
      const { logStart, highWatermark, lastStableOffset } = fetched;
      const decoded = decodeBatches(fetched.batches, offset, fetched.aborted, topic);
      const [unreadable] = decoded.unreadable;
      if (unreadable !== undefined && !request.skipsUnreadable) {
        const { firstOffset, lastOffset, why } = unreadable;
        throw new PortFailure('protocol', `${topic}/${partition}: batch ${firstOffset} … ${lastOffset}: ${why}`);
      }
      return { status: 'read', ...decoded, logStart, highWatermark, lastStableOffset };
    });
  }

  async bounds(topic: string, partition: number): Promise<LogBounds> {
    return this.#retrying(topic, partition, `asking for the bounds of ${topic}/${partition}`, () =>
      this.#listBounds(topic, partition),
    );
  }

  /**
   * Everything committed from an offset up to the end as it is now, or up to `to` (exclusive). The next fetch is
   * under way while the caller looks at the records of this one.
   */
  async *readAll(topic: string, partition: number, from: number, to?: number): AsyncGenerator<readonly RawRecord[]> {
    const { highWatermark } = await this.bounds(topic, partition);
    const end = Math.min(to ?? highWatermark, highWatermark);
    if (from >= end) return;
    let offset = from;
    let next = this.#readInRange({ topic, partition, offset });
    try {
      for (;;) {
        const { records, nextOffset, lastStableOffset } = await next;
        const done = nextOffset >= Math.min(end, lastStableOffset);
        if (!done) {
          // A broker that throttles answers with nothing; asking again at once would only spin.
          if (nextOffset === offset) await delay(backoffMinMs);
          offset = nextOffset;
          next = this.#readInRange({ topic, partition, offset: nextOffset });
          // Its failure is met when it is awaited, and concerns nobody where the caller stops before.
          next.catch(() => {});
        }
        const wanted = nextOffset <= end ? records : records.filter(record => record.offset < end);
        if (wanted.length > 0) yield wanted;
        if (done) return;
      }
    } finally {
      // A caller that stops early may close the reader at once, which must not meet a fetch under way.
      await next.catch(() => {});
    }
  }

  /** The last committed record of a partition, however many markers and aborted records lie behind it. */
  async tail(topic: string, partition: number): Promise<LogTail> {
    const { logStart, highWatermark } = await this.bounds(topic, partition);
    let end = highWatermark;
    for (let step = tailStepOffsetsMin; end > logStart; step *= tailStepGrowth) {
      const start = Math.max(logStart, end - step);
      let last: RawRecord | null = null;
      for await (const records of this.readAll(topic, partition, start, end)) last = records.at(-1) ?? last;
      if (last !== null) return { record: last, logStart };
      end = start;
    }
    return { record: null, logStart };
  }

  /** Gives a partition's own connection back, when it is no longer polled here. */
  release(topic: string, partition: number): void {
    this.#dropLane(topic, partition);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const lanes = [...this.#lanes.values()];
    this.#lanes.clear();
    await Promise.all([...lanes.map(lane => lane.connections.destroy()), this.#cluster.disconnect()]);
  }

  async #readInRange(request: ReadRequest): Promise<RecordsRead> {
    const outcome = await this.read(request);
    if (outcome.status === 'read') return outcome;
    const { topic, partition, offset } = request;
    const { logStart, highWatermark } = outcome;
    throw new PortFailure('broker', `${topic}/${partition}: ${offset} is not in ${logStart} … ${highWatermark}`);
  }

  async #fetch(request: ReadRequest): Promise<FetchedPartition> {
    const { topic, partition, offset, maxBytes = maxBytesDefault, maxWaitMs = 0 } = request;
    const leader = await this.#leaderOf(topic, partition);
    const connections = maxWaitMs > 0 ? await this.#lane(topic, partition, leader) : await this.#shared(leader);
    const fetched = await connections.send({
      request: fetchRequest({
        replicaId: -1,
        isolationLevel: readCommitted,
        maxWaitTime: maxWaitMs,
        minBytes: 1,
        maxBytes,
        topics: [{ topic, partitions: [{ partition, fetchOffset: offset, maxBytes }] }],
      }),
      response: {
        decode: async payload => decodeFetchResponse(payload),
        parse: async decoded => decoded,
      },
      requestTimeout: maxWaitMs + 5000,
    });
    return fetched as FetchedPartition;
  }

  async #listBounds(topic: string, partition: number): Promise<LogBounds> {
    await this.#leaderOf(topic, partition);
    const at = (fromBeginning: boolean) => [{ topic, partitions: [{ partition }], fromBeginning }];
    const [first, next] = await Promise.all([
      this.#cluster.fetchTopicsOffset(at(true)),
      this.#cluster.fetchTopicsOffset(at(false)),
    ]);
    return { logStart: Number(first[0]!.partitions[0]!.offset), highWatermark: Number(next[0]!.partitions[0]!.offset) };
  }

  async #leaderOf(topic: string, partition: number): Promise<number> {
    if (!this.#topics.has(topic)) {
      await this.#cluster.addTargetTopic(topic);
      this.#topics.add(topic);
    }
    const metadata = this.#cluster.findTopicPartitionMetadata(topic).find(p => p.partitionId === partition);
    if (metadata === undefined) throw protocolError(3);
    if (metadata.leader < 0) throw protocolError(5);
    return metadata.leader;
  }

  async #shared(leader: number): Promise<ConnectionPool> {
    return (await this.#cluster.findBroker({ nodeId: String(leader) })).connectionPool;
  }

  async #lane(topic: string, partition: number, leader: number): Promise<ConnectionPool> {
    const key = `${topic}/${partition}`;
    const lane = this.#lanes.get(key);
    if (lane?.leader === leader) return lane.connections;
    this.#dropLane(topic, partition);
    const broker = await this.#cluster.findBroker({ nodeId: String(leader) });
    const { host, port, rack } = broker.connectionPool;
    const connections = await this.#cluster.connectionPoolBuilder.build({ host, port, rack });
    connections.setVersions(broker.versions);
    connections.setSupportAuthenticationProtocol(broker.connectionPool.pool[0]!.getSupportAuthenticationProtocol());
    if (this.#closed) throw new PortFailure('connection', 'the reader is closed');
    this.#lanes.set(key, { leader, connections });
    return connections;
  }

  #dropLane(topic: string, partition: number): void {
    const key = `${topic}/${partition}`;
    const lane = this.#lanes.get(key);
    if (lane === undefined) return;
    this.#lanes.delete(key);
    // It waits for requests in flight, which after an error may never be answered.
    lane.connections.destroy().catch(() => {});
  }

  /** A new leader, a lost connection: with fresh metadata the same read usually succeeds. Bounded, then it is a failure. */
  async #retrying<T>(topic: string, partition: number, doing: string, attempt: () => Promise<T>): Promise<T> {
    for (let made = 1, backoffMs = backoffMinMs; ; made++, backoffMs = Math.min(backoffMs * 2, backoffMaxMs)) {
      if (this.#closed) throw new PortFailure('connection', `${doing}: the reader is closed`);
      try {
        return await withDeadline(attempt(), attemptMsMax, doing);
      } catch (error) {
        if (made === attemptsMax || !mayPass(error)) throw toPortError(error, doing);
        this.#dropLane(topic, partition);
        await delay(backoffMs);
        // Where this fails too, the next attempt fails by itself and is counted.
        if (!this.#closed) await withDeadline(this.#cluster.refreshMetadata(), attemptMsMax, doing).catch(() => {});
      }
    }
  }
}
