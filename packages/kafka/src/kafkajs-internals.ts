/**
 * The parts of kafkajs behind its public face that the record reader stands on: cluster metadata, broker connections
 * (TLS, SASL, version negotiation, request matching) and the bytes of a fetch request. kafkajs is pinned to one
 * version, has no `exports` map, and no types for these files; so they are required here, once, with the types of
 * what is used and nothing more.
 */
import { createRequire } from 'node:module';
import type { KafkaConnection } from './connection.ts';
import { clientConfig } from './connection.ts';

export interface WireRequest {
  readonly request: { readonly apiKey: number; readonly apiVersion: number; readonly apiName: string };
  readonly response: {
    decode(payload: Buffer): Promise<{ readonly clientSideThrottleTime: number }>;
    parse(decoded: unknown): Promise<unknown>;
  };
  readonly requestTimeout: number;
}

/** Two sockets, opened when first needed: one for fetch requests, one for everything else. */
export interface ConnectionPool {
  readonly host: string;
  readonly port: number;
  readonly rack: string | null;
  readonly pool: readonly { getSupportAuthenticationProtocol(): boolean | null }[];
  setVersions(versions: unknown): void;
  setSupportAuthenticationProtocol(supported: boolean | null): void;
  send(request: WireRequest): Promise<unknown>;
  destroy(): Promise<void>;
}

export interface Broker {
  readonly versions: unknown;
  readonly connectionPool: ConnectionPool;
}

export interface Cluster {
  readonly connectionPoolBuilder: {
    build(at: { host: string; port: number; rack: string | null }): Promise<ConnectionPool>;
  };
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addTargetTopic(topic: string): Promise<void>;
  refreshMetadata(): Promise<void>;
  findBroker(node: { nodeId: string }): Promise<Broker>;
  findTopicPartitionMetadata(topic: string): readonly { readonly partitionId: number; readonly leader: number }[];
  fetchTopicsOffset(
    topics: readonly {
      readonly topic: string;
      readonly partitions: readonly { readonly partition: number }[];
      readonly fromBeginning: boolean;
    }[],
  ): Promise<{ readonly partitions: readonly { readonly partition: number; readonly offset: string }[] }[]>;
}

interface FetchRequestFields {
  readonly replicaId: number;
  readonly isolationLevel: number;
  readonly maxWaitTime: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly topics: readonly {
    readonly topic: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly fetchOffset: number;
      readonly maxBytes: number;
    }[];
  }[];
}

const require = createRequire(import.meta.url);
const ClusterClass = require('kafkajs/src/cluster/index.js') as new (options: object) => Cluster;
const { createLogger } = require('kafkajs/src/loggers/index.js') as { createLogger(options: object): unknown };
const socketFactory = require('kafkajs/src/network/socketFactory.js') as () => unknown;
const protocolErrors = require('kafkajs/src/protocol/error.js') as { createErrorFromCode(code: number): Error };

/** Fetch v11 (Kafka 2.3) is the newest one without the flexible encoding; brokers 3.6 to 4.1 all speak it. */
export const fetchRequest = require('kafkajs/src/protocol/requests/fetch/v11/request.js') as (
  fields: FetchRequestFields,
) => WireRequest['request'];

export const protocolError = protocolErrors.createErrorFromCode;

export function createCluster(connection: KafkaConnection): Cluster {
  const { logLevel: level, logCreator, ...config } = clientConfig(connection);
  return new ClusterClass({
    ...config,
    logger: createLogger({ level, logCreator }),
    socketFactory: socketFactory(),
    metadataMaxAge: 300_000,
    allowAutoTopicCreation: false,
    // List offsets with the high watermark as the end, whatever transactions are open. Fetches say their own level.
    isolationLevel: 0,
  });
}
