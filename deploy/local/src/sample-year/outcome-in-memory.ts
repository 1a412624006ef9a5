/**
 * The outcome without any server: the same records, mapped by the same sources file and folded by the same engine. What
 * the servers come to is compared with it.
 */
import { readFileSync } from 'node:fs';
import { openLog, parseDeployment } from '@tierflow/config/deployment';
import { parseSources } from '@tierflow/config/sources/parse-sources';
import { formatFileProblems } from '@tierflow/config/yaml/format-file-problems';
import type { CustomerEvent } from '@tierflow/customer/events';
import { viewOf } from '@tierflow/customer/view';
import { type FoldedPartition, foldLog } from '@tierflow/tierctl/backtest/embedded-engine';
import { historicalLog } from '@tierflow/tierctl/backtest/historical-log';
import { DayBuckets } from '@tierflow/tierctl/business-days';
import { advanceTo, readCustomer } from '@tierflow/tierctl/customer-at-day';
import { mergeCounters } from '@tierflow/tierctl/merge-counters';
import { readPolicyFile } from '@tierflow/tierctl/policy-file';
import { eventCounts, summarizePrograms } from '@tierflow/tierctl/tier-summary';
import type { CompleteJourney } from './complete-journey.ts';
import { foreignRecordsOf } from './foreign-records.ts';
import { type CustomerNumbers, changesByCause, digestOf, EventCount, type Outcome, populationOf } from './outcome.ts';
import { wavesOf } from './waves.ts';

export interface InMemoryRun {
  readonly journey: CompleteJourney;
  readonly sourcesFile: string;
  readonly policyFile: string;
  readonly zone: string;
  readonly baseCurrency: string;
}

/** Of the source topics. Which one a record takes decides the wave that it waits for. */
const sourcePartitions = 4;

export async function outcomeInMemory(run: InMemoryRun): Promise<Outcome> {
  const { journey, zone, baseCurrency } = run;
  const parsed = parseDeployment({ partitions: 1, zone, baseCurrency });
  if (!parsed.ok) throw new RangeError(parsed.problems.map(({ name, expected }) => `${name}: ${expected}`).join('; '));
  const { deployment } = parsed;

  const { events, rejected } = mapJourney(run);
  const accepted = new EventCount();
  const buckets = new DayBuckets<CustomerEvent>();
  for (const event of events) {
    accepted.add(event);
    buckets.add(event.businessDay, event);
  }
  const { published, policy } = readPolicyFile(run.policyFile, deployment);
  const log = historicalLog(openLog(deployment, 'sample', 'sample'), published, buckets, journey.lastDay);
  const partitions = await foldLog(log);

  const counters = mergeCounters(partitions.map(partition => partition.counters));
  const counts = eventCounts(counters, rejected);
  const programs = summarizePrograms(counters, policy);
  const customers = partitions.flatMap(numbersOf);
  return {
    events: { accepted: accepted.byType(), rejected: counts.rejectedByReason, duplicates: counts.duplicate },
    customers: customers.length,
    changes: changesByCause(programs),
    population: populationOf(programs),
    digest: digestOf(customers),
  };
}

/** In the order in which the feeder writes the records and intake reads them. */
function mapJourney({ journey, sourcesFile, zone, baseCurrency }: InMemoryRun) {
  const result = parseSources(readFileSync(sourcesFile, 'utf8'), { zone, baseCurrency });
  if (!result.ok) throw new SyntaxError(formatFileProblems(sourcesFile, result.problems));
  const sources = new Map(result.sources.map(source => [source.topic, source]));
  const events: CustomerEvent[] = [];
  const rejected = new Map<string, number>();
  const ends = new Map<string, number>();
  for (let day = journey.firstDay; day <= journey.lastDay; day++) {
    for (const { topic, partition, key, value } of wavesOf(
      foreignRecordsOf(journey.dayOf(day)),
      sourcePartitions,
    ).flat()) {
      const place = `${topic}/${partition}`;
      const offset = ends.get(place) ?? 0;
      ends.set(place, offset + 1);
      // As text and back, which is how intake gets it: an attribute that is undefined is then no attribute.
      const record = { origin: `${place}@${offset}`, key, timestamp: null, value: JSON.parse(JSON.stringify(value)) };
      for (const mapped of sources.get(topic)!.map(record, Number.MAX_SAFE_INTEGER)) {
        if (mapped.ok) events.push(mapped.event);
        else rejected.set(mapped.reason, (rejected.get(mapped.reason) ?? 0) + 1);
      }
    }
  }
  return { events, rejected };
}

function numbersOf({ state, customers }: FoldedPartition): CustomerNumbers[] {
  return [...customers].map(([id, stored]) => {
    const { customer, policy } = readCustomer(id, stored, state);
    if (policy !== null) advanceTo(customer, policy, state.logDay);
    return JSON.parse(viewOf(customer, policy));
  });
}
