/** How every client of the package reaches the brokers: one place for time-outs, retries, logging and partitioning. */
import type { Kafka, KafkaConfig, RetryOptions } from 'kafkajs';
// Node finds only some of the names that this CommonJS package exports, so its values come with the default import.
import kafkajs from 'kafkajs';
import './mended-connection.ts';

export type LogLevel = 'warn' | 'error';
export type LogClient = (level: LogLevel, message: string, details: Readonly<Record<string, unknown>>) => void;

export interface KafkaConnection {
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** kafkajs' own warnings and errors. It survives many of them by itself, so they are news, not failures. */
  readonly log: LogClient;
  readonly ssl?: NonNullable<KafkaConfig['ssl']>;
  readonly sasl?: NonNullable<KafkaConfig['sasl']>;
}

/**
 * A back-to-back transaction meets CONCURRENT_TRANSACTIONS for some milliseconds. With kafkajs' default of 300 ms for
 * the first retry that alone makes the 95th percentile of a transaction 365 ms; so the first retry comes after 5 ms.
 */
export const producerRetry: RetryOptions = { initialRetryTime: 5, multiplier: 1.5, retries: 30, maxRetryTime: 1000 };

export const clusterRetry: RetryOptions = { initialRetryTime: 50, multiplier: 2, retries: 5, maxRetryTime: 1000 };

export function kafkaClient(connection: KafkaConnection): Kafka {
  return new kafkajs.Kafka(clientConfig(connection));
}

export function clientConfig(connection: KafkaConnection): KafkaConfig {
  return {
    brokers: [...connection.brokers],
    clientId: connection.clientId,
    connectionTimeout: 3000,
    requestTimeout: 15_000,
    retry: clusterRetry,
    logLevel: kafkajs.logLevel.WARN,
    logCreator: () => entry => {
      const { message, timestamp: _timestamp, logger: _logger, ...details } = entry.log;
      if (isNoise(message, details) || isRepetition(connection.log, message)) return;
      connection.log(
        entry.level === kafkajs.logLevel.ERROR ? 'error' : 'warn',
        `${entry.namespace}: ${message}`,
        details,
      );
    },
    ...(connection.ssl === undefined ? {} : { ssl: connection.ssl }),
    ...(connection.sasl === undefined ? {} : { sasl: connection.sasl }),
  };
}

/**
 * Two things kafkajs reports that are daily bread here: bounded retries of an idempotent producer (our answer to an error
 * is a new producer), and a transaction that meets the end of the one before it (it is retried within milliseconds).
 */
function isNoise(message: string, details: Readonly<Record<string, unknown>>): boolean {
  const concurrent = 'another concurrent operation on the same transaction';
  return (
    message.startsWith('Limiting retries for the idempotent producer') ||
    message.includes(concurrent) ||
    String(details.error).includes(concurrent)
  );
}

const repeatIntervalMs = 10_000;
const lastLogged = new WeakMap<LogClient, Map<string, number>>();

/** While a broker is away, every client says so several times a second; once in ten seconds is enough for a reader. */
function isRepetition(log: LogClient, message: string): boolean {
  const times = lastLogged.get(log) ?? new Map<string, number>();
  lastLogged.set(log, times);
  const now = performance.now();
  if (now - (times.get(message) ?? Number.NEGATIVE_INFINITY) < repeatIntervalMs) return true;
  for (const [older, loggedAt] of times) if (now - loggedAt >= repeatIntervalMs) times.delete(older);
  times.set(message, now);
  return false;
}

/** Every record names its partition; nothing is ever left to a default. */
export function explicitPartitioner(): (args: { message: { partition?: number } }) => number {
  return ({ message }) => {
    if (message.partition === undefined) throw new Error('a record was sent without a partition');
    return message.partition;
  };
}
