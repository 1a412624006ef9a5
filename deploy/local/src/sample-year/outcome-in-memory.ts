/**
 * The outcome without any server: the same records, mapped by the same sources file and folded by the same engine. What
 * the servers come to is compared with it.
 */
import { openLog, parseDeployment } from '@tierflow/config/deployment';
import type { CustomerEvent } from '@tierflow/customer/events';
import { viewOf } from '@tierflow/customer/view';
import { type FoldedPartition, foldLog } from '@tierflow/tierctl/backtest/fold-log';
import { historicalLog } from '@tierflow/tierctl/backtest/historical-log';
import { DayBuckets } from '@tierflow/tierctl/business-days';
import { advanceTo, readCustomer } from '@tierflow/tierctl/customer-at-day';
import { mergeCounters } from '@tierflow/tierctl/merge-counters';
import { readPolicyFile } from '@tierflow/tierctl/policy-file';
import { eventCounts, summarizePrograms } from '@tierflow/tierctl/tier-summary';
import type { CompleteJourney } from './complete-journey.ts';
import { mapJourney } from './map-journey.ts';
import { type CustomerNumbers, changesByCause, digestOf, EventCount, type Outcome, populationOf } from './outcome.ts';

export interface InMemoryRun {
  readonly journey: CompleteJourney;
  readonly sourcesFile: string;
  readonly policyFile: string;
  readonly zone: string;
  readonly baseCurrency: string;
}

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

function numbersOf({ state, customers }: FoldedPartition): CustomerNumbers[] {
  return [...customers].map(([id, stored]) => {
    const { customer, policy } = readCustomer(id, stored, state);
    if (policy !== null) advanceTo(customer, policy, state.logDay);
    return JSON.parse(viewOf(customer, policy));
  });
}
