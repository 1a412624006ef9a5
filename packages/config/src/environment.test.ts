import { expect, test } from 'vitest';
import { readEnvironment } from './environment.ts';
import { tieringTransactionalId } from './namespace.ts';
import { formatSettingProblems } from './setting-problem.ts';

const needed = {
  KAFKA_BROKERS: 'one:9092, two:9092',
  REDIS_URL: 'redis://localhost:6379',
  SCHEMA_REGISTRY_URL: 'http://localhost:8080/apis/ccompat/v7/',
};

test('has a default for all that is not an address', () => {
  const result = readEnvironment({ ...needed, METRICS_PORT: '', TIERFLOW_INSTANCE: 'tiering-0' });
  expect(result).toEqual({
    ok: true,
    environment: {
      kafkaBrokers: ['one:9092', 'two:9092'],
      redisUrl: 'redis://localhost:6379',
      schemaRegistryUrl: 'http://localhost:8080/apis/ccompat/v7',
      namespace: 'tierflow',
      topics: {
        customerEvents: 'tierflow.customer-events',
        tierChanges: 'tierflow.tier-changes',
        customerTiers: 'tierflow.customer-tiers',
        rejectedEvents: 'tierflow.rejected-events',
        tierPolicies: 'tierflow.tier-policies',
      },
      metricsPort: 9464,
      instance: 'tiering-0',
      logLevel: 'info',
      intake: { sourcesFile: null },
      conductor: { clock: 'system', catchUpDaysMax: 31 },
      tuning: {
        fetchBytesPerPartition: 4_194_304,
        commitIntervalMinMs: 20,
        commitEventsMax: 20_000,
        cacheCustomersPerPartition: 100_000,
        unpublishedBytesPerPartition: 16_777_216,
        sessionTimeoutMs: 10_000,
        views: 'always',
      },
    },
  });
  expect(result.ok && Object.isFrozen(result.environment) && Object.isFrozen(result.environment.tuning)).toBe(true);
});

test.each([
  ['KAFKA_BROKERS', undefined],
  ['KAFKA_BROKERS', 'localhost'],
  ['KAFKA_BROKERS', 'one:9092,,two:9092'],
  ['KAFKA_BROKERS', 'one:99999'],
  ['REDIS_URL', 'localhost:6379'],
  ['REDIS_URL', 'http://localhost'],
  ['SCHEMA_REGISTRY_URL', 'nowhere'],
  ['TIERFLOW_NAMESPACE', 'Shop'],
  ['TIERFLOW_NAMESPACE', 'x'.repeat(33)],
  ['TIERFLOW_INSTANCE', 'a b'],
  ['METRICS_PORT', '65536'],
  ['METRICS_PORT', '1e3'],
  ['METRICS_PORT', '-1'],
  ['LOG_LEVEL', 'loud'],
  ['TIERFLOW_FETCH_BYTES_PER_PARTITION', '1'],
  ['TIERFLOW_COMMIT_INTERVAL_MIN_MS', '20ms'],
  ['TIERFLOW_COMMIT_EVENTS_MAX', '0'],
  ['TIERFLOW_CACHE_CUSTOMERS_PER_PARTITION', '99999999'],
  ['TIERFLOW_UNPUBLISHED_BYTES_PER_PARTITION', '1000'],
  ['TIERFLOW_VIEWS', 'sometimes'],
])('%s of %s is refused by name, with what was found', (name, value) => {
  const result = readEnvironment({ ...needed, [name]: value });
  expect(result).toMatchObject({
    ok: false,
    problems: [{ name, found: value === undefined ? null : expect.any(String) }],
  });
  if (!result.ok && value !== undefined) expect(formatSettingProblems(result.problems)).toContain(value.slice(0, 30));
});

test('names everything that is wrong at once', () => {
  const result = readEnvironment({});
  expect(!result.ok && formatSettingProblems(result.problems).split('\n')).toEqual([
    'KAFKA_BROKERS: not set; expected brokers as host:port, separated by commas, e.g. localhost:9092',
    'REDIS_URL: not set; expected a redis:// or rediss:// URL, e.g. redis://localhost:6379',
    'SCHEMA_REGISTRY_URL: not set; expected an http:// or https:// URL, e.g. http://localhost:8080/apis/ccompat/v7',
  ]);
});

test('does not repeat a password', () => {
  const result = readEnvironment({ ...needed, REDIS_URL: 'redsi://user:se@cret@host:1' });
  expect(!result.ok && formatSettingProblems(result.problems)).toMatch(/found "redsi:\/\/\*\*\*@host:1"/);
});

test('a partition has one transactional id', () => {
  expect(tieringTransactionalId('shop', 3)).toBe('shop-tiering-3');
});
