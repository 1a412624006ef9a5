/**
 * The sample year through source topics, intake, conductor and tiering, while each of them is killed again and again. In
 * the end everybody stands where an undisturbed year leaves them, by the same changes: the committed outcome of the sample.
 *
 * When a process dies follows from TIERFLOW_SEED; what it was doing just then does not.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { repositoryDir } from '@tierflow/local/paths';
import { readCompleteJourney } from '@tierflow/local/sample-year/complete-journey';
import { DayFeeder } from '@tierflow/local/sample-year/day-feeder';
import { sourceTopics } from '@tierflow/local/sample-year/foreign-records';
import type { Outcome } from '@tierflow/local/sample-year/outcome';
import { readOutcome } from '@tierflow/local/sample-year/read-outcome';
import { SeededRandom } from '@tierflow/local/sample-year/seeded-random';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { Supervisor } from '../chaos/supervisor.ts';
import { expectSameAsFold } from './backtest.ts';
import { Pipeline } from './pipeline.ts';

const seed = process.env.TIERFLOW_SEED ?? '1';
const killsOfEach = 4;
/** A day takes about this long, so a kill falls anywhere in it. */
const dayMs = 150;
const runTimeoutMs = 900_000;
const sample = join(repositoryDir, 'deploy/samples/complete-journey');
const services = ['intake', 'conductor', 'tiering'] as const;

let pipeline: Pipeline;
let supervisors: readonly Supervisor[];
let feeder: DayFeeder;

beforeAll(async () => {
  const servers = {
    kafkaBrokers: inject('kafkaBrokers'),
    redisUrl: inject('redisUrl'),
    schemaRegistryUrl: inject('schemaRegistryUrl'),
  };
  const policy = join(repositoryDir, 'deploy/policies/household-ladder.yaml');
  pipeline = await Pipeline.open(servers, 'year', 4, policy, '--zone', 'America/New_York', '--currency', 'USD');
  try {
    const topicPrefix = `${pipeline.namespace}.`;
    feeder = await DayFeeder.open({ ...servers, namespace: pipeline.namespace, topicPrefix });
    const sources = join(pipeline.folder, 'sources.yaml');
    writeFileSync(sources, withPrefix(readFileSync(join(sample, 'sources.yaml'), 'utf8'), topicPrefix));
    const environment = {
      ...pipeline.environment,
      TIERFLOW_SOURCES: sources,
      TIERFLOW_CLOCK: 'manual',
      TIERFLOW_SESSION_TIMEOUT_MS: '3000',
    };
    supervisors = services.flatMap(service =>
      [1, 2].map(n => new Supervisor({ name: `${service}-${n}`, service, environment, logDir: pipeline.folder })),
    );
    for (const supervisor of supervisors) supervisor.start();
    await feedTheYear();
    await pipeline.drained();
  } catch (error) {
    pipeline.keepFolder();
    process.stderr.write(`Repeat: TIERFLOW_SEED=${seed} npm test -- test/e2e/year-under-kills.e2e.test.ts\n`);
    throw error;
  }
}, runTimeoutMs);

afterAll(async () => {
  await Promise.all((supervisors ?? []).map(supervisor => supervisor.stop()));
  await feeder?.close();
  await pipeline?.close();
}, 60_000);

async function feedTheYear(): Promise<void> {
  const journey = readCompleteJourney(sample);
  const random = new SeededRandom(`kills ${seed}`);
  const victims = new Map<number, Supervisor[]>();
  for (const supervisor of supervisors) {
    for (let kill = 0; kill < killsOfEach / 2; kill++) {
      const day = journey.firstDay + random.below(journey.lastDay - journey.firstDay);
      victims.set(day, [...(victims.get(day) ?? []), supervisor]);
    }
  }
  const { signal } = new AbortController();
  for (let day = journey.firstDay; day <= journey.lastDay; day++) {
    const kills = (victims.get(day) ?? []).map(async supervisor => {
      await delay(random.below(dayMs));
      supervisor.signal('SIGKILL');
    });
    await feeder.feed(journey.dayOf(day), signal);
    await Promise.all(kills);
  }
}

/** So that the test meets nobody else on the brokers that it shares. */
function withPrefix(sources: string, prefix: string): string {
  return sourceTopics.reduce((text, topic) => text.replace(`topic: ${topic}\n`, `topic: ${prefix}${topic}\n`), sources);
}

test('every service is killed at least three times', () => {
  for (const service of services) {
    const deaths = supervisors.filter(({ name }) => name.startsWith(service)).flatMap(({ deaths: own }) => own);
    expect(deaths.filter(({ how }) => how === 'SIGKILL').length).toBeGreaterThanOrEqual(3);
  }
});

test('the year ends as it does undisturbed: the same standings, measures and changes', async () => {
  const expected: Outcome = JSON.parse(readFileSync(join(sample, 'expected.json'), 'utf8'));
  const { customers, changes, population, digest, events } = await readOutcome(feeder.connections);
  expect({ customers, changes, population, accepted: events.accepted }).toEqual({
    customers: expected.customers,
    changes: expected.changes,
    population: expected.population,
    accepted: expected.events.accepted,
  });
  expect(digest).toBe(expected.digest);
});

test('nothing is rejected that was not before, however often it was reported', async () => {
  const expected: Outcome = JSON.parse(readFileSync(join(sample, 'expected.json'), 'utf8'));
  const distinct = new Map((await pipeline.rejectedEvents()).map(({ id, reason }) => [id, reason]));
  const reasons = Map.groupBy(distinct.values(), reason => reason);
  expect(Object.fromEntries([...reasons].map(([reason, all]) => [reason, all.length]))).toEqual(
    expected.events.rejected,
  );
});

test('the log that intake wrote, exported and folded in memory, gives what the pipeline published', async () => {
  await expectSameAsFold(pipeline);
});
