/**
 * The environment variables of all services, read once at the start of a program. Each variable has one row in the
 * table below: its check, its default and the words for what is expected, which are what an operator reads when it is
 * wrong. An empty variable counts as not set, because compose files and charts write optional ones as empty.
 */
import { hostname } from 'node:os';
import * as z from 'zod';
import { namespacePattern, type Topics, topicsOf } from './namespace.ts';
import type { SettingProblem } from './setting-problem.ts';

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface Environment {
  readonly kafkaBrokers: readonly string[];
  readonly redisUrl: string;
  readonly schemaRegistryUrl: string;
  readonly namespace: string;
  readonly topics: Topics;
  /** 0: any free port. */
  readonly metricsPort: number;
  /** Tells instances of a service apart in logs and client ids. */
  readonly instance: string;
  readonly logLevel: LogLevel;
  readonly intake: IntakeSettings;
  readonly conductor: ConductorSettings;
  readonly tuning: Tuning;
}

export interface IntakeSettings {
  /** Path of the file that declares the sources; null: none is named. */
  readonly sourcesFile: string | null;
}

export interface ConductorSettings {
  /** `manual`: days pass when somebody says so, for demonstrations and tests. */
  readonly clock: 'system' | 'manual';
  /** More missed days than this are not caught up unasked: a tick can never be taken back. */
  readonly catchUpDaysMax: number;
}

export interface Tuning {
  readonly fetchBytesPerPartition: number;
  readonly commitIntervalMinMs: number;
  readonly commitEventsMax: number;
  readonly cacheCustomersPerPartition: number;
  /** Changes that wait for the broker; when it is more, the fold waits too. */
  readonly unpublishedBytesPerPartition: number;
  /** A process that says nothing for this long loses its partitions. */
  readonly sessionTimeoutMs: number;
  readonly views: 'always' | 'never';
}

export type EnvironmentResult =
  | { readonly ok: true; readonly environment: Environment }
  | { readonly ok: false; readonly problems: readonly SettingProblem[] };

interface Variable<T> {
  readonly schema: z.ZodType<T, string>;
  readonly expected: string;
  readonly fallback: string | null;
}

const noFile = '';

const variables = {
  KAFKA_BROKERS: {
    schema: z.string().transform(splitBrokers).refine(areBrokers),
    expected: 'brokers as host:port, separated by commas, e.g. localhost:9092',
    fallback: null,
  },
  REDIS_URL: {
    schema: z.string().refine(isUrlOf('redis:', 'rediss:')),
    expected: 'a redis:// or rediss:// URL, e.g. redis://localhost:6379',
    fallback: null,
  },
  SCHEMA_REGISTRY_URL: {
    schema: z
      .string()
      .refine(isUrlOf('http:', 'https:'))
      .transform(url => url.replace(/\/+$/, '')),
    expected: 'an http:// or https:// URL, e.g. http://localhost:8080/apis/ccompat/v7',
    fallback: null,
  },
  TIERFLOW_NAMESPACE: {
    schema: z.string().regex(namespacePattern),
    expected: '1 to 32 of a-z, 0-9 and -',
    fallback: 'tierflow',
  },
  TIERFLOW_INSTANCE: {
    schema: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/),
    expected: '1 to 64 letters, digits, dots, _ and -',
    fallback: null,
  },
  TIERFLOW_SOURCES: {
    schema: z.string().transform((path): string | null => (path === noFile ? null : path)),
    expected: 'the path of a sources file',
    fallback: noFile,
  },
  TIERFLOW_CLOCK: oneOf(['system', 'manual'], 'system'),
  TIERFLOW_CATCH_UP_DAYS_MAX: wholeNumber(1, 100_000, 31),
  METRICS_PORT: wholeNumber(0, 65_535, 9464),
  LOG_LEVEL: oneOf(logLevels, 'info'),
  TIERFLOW_FETCH_BYTES_PER_PARTITION: wholeNumber(16_384, 67_108_864, 4_194_304),
  TIERFLOW_COMMIT_INTERVAL_MIN_MS: wholeNumber(0, 10_000, 20),
  TIERFLOW_COMMIT_EVENTS_MAX: wholeNumber(1, 1_000_000, 20_000),
  TIERFLOW_CACHE_CUSTOMERS_PER_PARTITION: wholeNumber(100, 10_000_000, 100_000),
  TIERFLOW_UNPUBLISHED_BYTES_PER_PARTITION: wholeNumber(65_536, 268_435_456, 16_777_216),
  TIERFLOW_SESSION_TIMEOUT_MS: wholeNumber(1000, 120_000, 10_000),
  TIERFLOW_VIEWS: oneOf(['always', 'never'], 'always'),
} satisfies Record<string, Variable<unknown>>;

export function readEnvironment(env: Readonly<Record<string, string | undefined>>): EnvironmentResult {
  const problems: SettingProblem[] = [];
  function read<T>(name: keyof typeof variables, variable: Variable<T>, fallback = variable.fallback): T {
    const text = env[name]?.trim() || fallback;
    const parsed = text === null ? null : variable.schema.safeParse(text);
    if (parsed?.success) return parsed.data;
    problems.push({ name, found: text === null ? null : showSetting(text), expected: variable.expected });
    // Never seen: a problem replaces the whole environment.
    return undefined as T;
  }

  const namespace = read('TIERFLOW_NAMESPACE', variables.TIERFLOW_NAMESPACE);
  const environment: Environment = {
    kafkaBrokers: Object.freeze(read('KAFKA_BROKERS', variables.KAFKA_BROKERS)),
    redisUrl: read('REDIS_URL', variables.REDIS_URL),
    schemaRegistryUrl: read('SCHEMA_REGISTRY_URL', variables.SCHEMA_REGISTRY_URL),
    namespace,
    topics: topicsOf(namespace),
    metricsPort: read('METRICS_PORT', variables.METRICS_PORT),
    instance: read('TIERFLOW_INSTANCE', variables.TIERFLOW_INSTANCE, hostname()),
    logLevel: read('LOG_LEVEL', variables.LOG_LEVEL),
    intake: Object.freeze({ sourcesFile: read('TIERFLOW_SOURCES', variables.TIERFLOW_SOURCES) }),
    conductor: Object.freeze({
      clock: read('TIERFLOW_CLOCK', variables.TIERFLOW_CLOCK),
      catchUpDaysMax: read('TIERFLOW_CATCH_UP_DAYS_MAX', variables.TIERFLOW_CATCH_UP_DAYS_MAX),
    }),
    tuning: Object.freeze({
      fetchBytesPerPartition: read('TIERFLOW_FETCH_BYTES_PER_PARTITION', variables.TIERFLOW_FETCH_BYTES_PER_PARTITION),
      commitIntervalMinMs: read('TIERFLOW_COMMIT_INTERVAL_MIN_MS', variables.TIERFLOW_COMMIT_INTERVAL_MIN_MS),
      commitEventsMax: read('TIERFLOW_COMMIT_EVENTS_MAX', variables.TIERFLOW_COMMIT_EVENTS_MAX),
      cacheCustomersPerPartition: read(
        'TIERFLOW_CACHE_CUSTOMERS_PER_PARTITION',
        variables.TIERFLOW_CACHE_CUSTOMERS_PER_PARTITION,
      ),
      unpublishedBytesPerPartition: read(
        'TIERFLOW_UNPUBLISHED_BYTES_PER_PARTITION',
        variables.TIERFLOW_UNPUBLISHED_BYTES_PER_PARTITION,
      ),
      sessionTimeoutMs: read('TIERFLOW_SESSION_TIMEOUT_MS', variables.TIERFLOW_SESSION_TIMEOUT_MS),
      views: read('TIERFLOW_VIEWS', variables.TIERFLOW_VIEWS),
    }),
  };
  return problems.length > 0 ? { ok: false, problems } : { ok: true, environment: Object.freeze(environment) };
}

function wholeNumber(least: number, most: number, fallback: number): Variable<number> {
  return {
    schema: z
      .string()
      .regex(/^\d{1,15}$/)
      .transform(Number)
      .refine(value => value >= least && value <= most),
    expected: `a whole number from ${least} to ${most}`,
    fallback: String(fallback),
  };
}

function oneOf<const T extends string>(values: readonly T[], fallback: T): Variable<T> {
  return {
    schema: z
      .string()
      .transform(text => text as T)
      .refine(text => values.includes(text)),
    expected: `one of ${values.join(', ')}`,
    fallback,
  };
}

function splitBrokers(text: string): string[] {
  return text.split(',').map(broker => broker.trim());
}

function areBrokers(brokers: readonly string[]): boolean {
  return brokers.every(broker => {
    const match = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):(\d{1,5})$/.exec(broker);
    return match !== null && Number(match[1]) >= 1 && Number(match[1]) <= 65_535;
  });
}

function isUrlOf(...protocols: readonly string[]): (text: string) => boolean {
  return text => URL.canParse(text) && protocols.includes(new URL(text).protocol) && new URL(text).hostname !== '';
}

/** URLs carry passwords, and a problem ends up in a log: everything between the scheme and the @ is masked. */
function showSetting(text: string): string {
  const masked = text.replace(/^([a-z]+:\/*)?.*@/is, '$1***@');
  return JSON.stringify(masked.length > 80 ? `${masked.slice(0, 79)}…` : masked);
}
