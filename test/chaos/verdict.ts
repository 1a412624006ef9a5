/**
 * What a run has come to: its output and its state against the fold of its own log, which had no faults, and the rejections
 * against the records that asked for them.
 */
import { isDeepStrictEqual } from 'node:util';
import { parseDay } from '@tierflow/customer/epoch-day';
import { RedisStateReader } from '@tierflow/redis/state-reader';
import { asOfLater, backtestOfLog, type Folded } from '../e2e/folded.ts';
import { changesAmong, type PublishedRecord } from '../e2e/pipeline.ts';
import type { ChaosRun } from './chaos-run.ts';
import { compareChanges, type Difference, type Published } from './comparison.ts';
import { reasonHeader } from './hostile-records.ts';

export interface RejectsFound {
  readonly expected: number;
  readonly found: number;
  /** Each with its origin: missing, for another reason, or not asked for. */
  readonly wrong: readonly string[];
}

export interface Verdict {
  /** Changes that the fold of the log gives. */
  readonly expectedChanges: number;
  readonly changes: readonly (readonly PublishedRecord[])[];
  readonly differences: readonly Difference[];
  /** Of the audit that read along. */
  readonly violations: readonly string[];
  /** One sentence each; empty: the state is that of the fold. */
  readonly stateDifferences: readonly string[];
  readonly rejects: RejectsFound;
  readonly halted: readonly string[];
}

export async function judge(run: ChaosRun): Promise<Verdict> {
  const folded = await backtestOfLog(run.pipeline);
  const changes = (await run.pipeline.tierChanges()).map(of => of.map(plain));
  const expected = changes.map((_, partition) => expectedOf(folded, partition));
  return {
    expectedChanges: folded.changes.length,
    changes,
    differences: expected.flatMap((of, p) => compareChanges(of, changes[p]!)),
    violations: [...run.audit.violations, ...(await unseen(run, changes))],
    stateDifferences: [
      ...(await viewDifferences(run, folded)),
      ...(await tiersDifferences(run, folded, changes)),
      ...(await counterDifferences(run, changes)),
      ...(await openTransactions(run)),
    ],
    rejects: await compareRejects(run, folded),
    halted: run.logged(/halted/).map(({ partition, reason }) => `partition ${partition}: ${reason}`),
  };
}

export function isClean({ differences, violations, stateDifferences, rejects, halted }: Verdict): boolean {
  return [differences, violations, stateDifferences, rejects.wrong, halted].every(({ length }) => length === 0);
}

function expectedOf({ changes }: Folded, partition: number): Published[] {
  return changes.flatMap(({ id, ...record }) => (id.startsWith(`${partition}-`) ? [{ id, record }] : []));
}

/** What is there at the end and was never seen while it came, or the other way round. */
async function unseen({ audit }: ChaosRun, changes: readonly (readonly PublishedRecord[])[]): Promise<string[]> {
  return changes.flatMap((of, partition) => {
    const seen = audit.seenAtMs[partition]!.length;
    return seen === of.length ? [] : [`partition ${partition}: ${seen} changes were seen, ${of.length} are there`];
  });
}

async function viewDifferences({ pipeline }: ChaosRun, { customers }: Folded): Promise<string[]> {
  const views = await pipeline.views();
  const ids = new Set([...views.keys(), ...customers.keys()]);
  return [...ids].flatMap(id => {
    const [view, customer] = [views.get(id), customers.get(id)];
    if (view === undefined) return [`${id} has no view`];
    if (customer === undefined) return [`${id} has a view and should be unknown`];
    return isDeepStrictEqual(plain(asOfLater(view, customer.asOf)), plain(customer))
      ? []
      : [`the view of ${id} differs`];
  });
}

async function tiersDifferences(
  { pipeline }: ChaosRun,
  { customers }: Folded,
  changes: readonly (readonly PublishedRecord[])[],
): Promise<string[]> {
  const tiers = [...(await pipeline.customerTiers())].filter(([, standings]) => standings !== null);
  const latest = new Map(tiers.map(([id, standings]) => [id, plain(standings!)]));
  const revisions = new Map(changes.flat().map(({ record }) => [record.customerId, record.revision]));
  const unknown = [...latest.keys()]
    .filter(id => !customers.has(id))
    .map(id => `customer-tiers has ${id}, the fold not`);
  const different = [...customers.values()].flatMap(({ customerId, standings }) => {
    const last = latest.get(customerId);
    const wanted = Object.entries(standings).map(([program, { tier, since }]) => {
      return { program, tier, sinceDay: parseDay(since) };
    });
    const found = last?.standings.map(({ program, tier, sinceDay }) => ({ program, tier, sinceDay }));
    const isSame = isDeepStrictEqual(found, wanted) && last?.revision === revisions.get(customerId);
    return isSame ? [] : [`customer-tiers of ${customerId} differs`];
  });
  return [...unknown, ...different];
}

/** Flow is what was published, stock what flowed in less what flowed out, and nothing waits. */
async function counterDifferences(
  { pipeline }: ChaosRun,
  changes: readonly (readonly PublishedRecord[])[],
): Promise<string[]> {
  const states = new RedisStateReader(pipeline.redis, pipeline.namespace);
  const differences: string[] = [];
  for (const [partition, of] of changes.entries()) {
    const { counters, outboxEntries } = await states.readPartition(partition);
    const flow = new Map<string, number>();
    const stock = new Map<string, number>();
    const add = (to: Map<string, number>, key: string, count: number) => to.set(key, (to.get(key) ?? 0) + count);
    for (const { program, from, to, cause } of changesAmong(of)) {
      add(flow, `${program}|${from ?? 'none'}|${to ?? 'none'}|${cause}`, 1);
      if (from !== null) add(stock, `${program}|${from}`, -1);
      if (to !== null) add(stock, `${program}|${to}`, 1);
    }
    if (outboxEntries > 0) differences.push(`partition ${partition} has ${outboxEntries} entries in its outbox`);
    for (const [name, wanted] of [
      ['flow', flow],
      ['stock', stock],
    ] as const) {
      const found = Object.fromEntries(counters[name]);
      if (!isDeepStrictEqual(found, Object.fromEntries(wanted)))
        differences.push(`${name} of partition ${partition} differs`);
    }
  }
  return differences;
}

async function openTransactions({ pipeline, reader }: ChaosRun): Promise<string[]> {
  const { customerEvents, tierChanges, customerTiers } = pipeline.topics;
  const open: string[] = [];
  for (const topic of [customerEvents, tierChanges, customerTiers]) {
    for (let partition = 0; partition < pipeline.partitions; partition++) {
      const { highWatermark } = await reader.bounds(topic, partition);
      const read = await reader.read({ topic, partition, offset: highWatermark });
      const isSettled = read.status === 'read' && read.lastStableOffset === highWatermark;
      if (!isSettled) open.push(`a transaction is open in ${topic}/${partition}`);
    }
  }
  return open;
}

/** Rejections are reported at least once: the same id is the same rejection. */
async function compareRejects({ pipeline, reader, load }: ChaosRun, folded: Folded): Promise<RejectsFound> {
  const found = new Map((await pipeline.rejectedEvents()).map(({ id, reason }) => [id, reason]));
  const expected = new Map<string, string>();
  for (const topic of [load.ordersTopic, load.answersTopic, pipeline.topics.customerEvents]) {
    for (let partition = 0; partition < pipeline.partitions; partition++) {
      for await (const records of reader.readAll(topic, partition, 0)) {
        for (const { offset, headers } of records) {
          const asked = headers.find(({ key }) => key === reasonHeader)?.value?.toString();
          if (asked === undefined) continue;
          const [reason, part] = asked.split('#');
          expected.set(`${topic}/${partition}@${offset}${part === undefined ? '' : `#${part}`}`, reason!);
        }
      }
    }
  }
  const wrong = [...expected].flatMap(([id, reason]) => {
    const told = found.get(id);
    return told === reason ? [] : [`${id} should be rejected for ${reason}, and is for ${told ?? 'nothing'}`];
  });
  const unasked = [...found]
    .filter(([id]) => !expected.has(id))
    .map(([id, reason]) => `${id} was rejected for ${reason}`);
  const ofLog = [...expected.keys()].filter(id => id.startsWith(pipeline.topics.customerEvents));
  const unfolded = ofLog.filter(id => !folded.rejectedIds.includes(id)).map(id => `the fold does not reject ${id}`);
  return { expected: expected.size, found: found.size, wrong: [...wrong, ...unasked, ...unfolded] };
}

/** Decoded records have classes of their own, parsed lines have none. */
function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}
