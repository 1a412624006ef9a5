/** The outcome as the servers have it: the log, the counters and the views in Redis, and what was rejected. */
import type { Connections } from '@tierflow/tierctl/connections';
import { readReport } from '@tierflow/tierctl/report/read-report';
import { type CustomerNumbers, changesByCause, digestOf, EventCount, type Outcome, populationOf } from './outcome.ts';

const viewsPerRead = 1000;

/** What the log holds must be folded already: `tierctl await`. */
export async function readOutcome(connections: Connections): Promise<Outcome> {
  const { events, programs } = await readReport(connections);
  const customers = await readViews(connections);
  return {
    events: {
      accepted: await countLog(connections),
      rejected: events.rejectedByReason,
      duplicates: events.duplicate,
    },
    customers: customers.length,
    changes: changesByCause(programs),
    population: populationOf(programs),
    digest: digestOf(customers),
  };
}

async function countLog(connections: Connections): Promise<Record<string, number>> {
  const { partitions } = await connections.genesis();
  const { customerEvents } = connections.environment.topics;
  const reader = await connections.reader();
  const count = new EventCount();
  for (let partition = 0; partition < partitions; partition++) {
    for await (const records of reader.readAll(customerEvents, partition, 0)) {
      for (const raw of records) {
        if (raw.key === null) continue;
        const { event } = await connections.decode(raw);
        if ('eventId' in event) count.add(event);
      }
    }
  }
  return count.byType();
}

async function readViews(connections: Connections): Promise<CustomerNumbers[]> {
  const { partitions } = await connections.genesis();
  const states = await connections.states();
  const customers: CustomerNumbers[] = [];
  for (let partition = 0; partition < partitions; partition++) {
    const ids = new Set<string>();
    for await (const page of states.customerIds(partition)) for (const id of page) ids.add(id);
    const all = [...ids];
    for (let from = 0; from < all.length; from += viewsPerRead) {
      for (const view of await states.readViews(partition, all.slice(from, from + viewsPerRead))) {
        if (view !== null) customers.push(JSON.parse(view));
      }
    }
  }
  return customers;
}
