/**
 * What a run has come to: its output and its state against the fold of its own log, which had no faults, and the rejections
 * against the records that asked for them.
 */
import { backtestOfLog, type Folded } from '../e2e/folded.ts';
import type { PublishedRecord } from '../e2e/pipeline.ts';
import { PublishedFlow } from '../e2e/published-flow.ts';
import {
  counterDifferences,
  openTransactions,
  plain,
  tiersDifferences,
  viewDifferences,
} from '../e2e/state-differences.ts';
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
  const flow = new PublishedFlow(run.pipeline.partitions);
  for (const [partition, of] of changes.entries()) for (const { record } of of) flow.add(partition, record);
  return {
    expectedChanges: folded.changes.length,
    changes,
    differences: expected.flatMap((of, p) => compareChanges(of, changes[p]!)),
    violations: [...run.audit.violations, ...(await unseen(run, changes))],
    stateDifferences: [
      ...(await viewDifferences(run.pipeline, folded.customers)),
      ...(await tiersDifferences(run.pipeline, folded.customers, flow)),
      ...(await counterDifferences(run.pipeline, flow)),
      ...(await openTransactions(run.pipeline, run.reader)),
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
