/**
 * Reads all changes of a run, partition by partition, and keeps of each only what is compared: there are too many of them
 * to be held at once. Looks at what must hold among them whatever the log was.
 */
import { hash } from 'node:crypto';
import { canonicalJson } from '@tierflow/config/policy/canonical-json';
import type { TierRecord } from '@tierflow/customer/changes';
import type { Published } from '../chaos/comparison.ts';
import type { TimedRecord } from '../e2e/pipeline.ts';
import { PublishedFlow } from '../e2e/published-flow.ts';
import { loadSource } from './steady-load.ts';
import type { Wait } from './waits.ts';

export class ChangeAudit {
  /** By partition, ids with a digest of the content. */
  readonly published: Published[][] = [];
  readonly flow: PublishedFlow;
  /** Of the facts of the load, each by the change of `pulse` that it causes. */
  readonly waits: Wait[] = [];
  /** Moves that the policy caused, by the version that the customer went to and the direction. */
  readonly moves = new Map<string, number>();
  readonly rolledBack = new Set<string>();
  readonly broken: string[] = [];
  readonly #pulsed = new Set<string>();
  readonly #tiers = new Map<string, string | null>();

  constructor(partitions: number) {
    this.flow = new PublishedFlow(partitions);
  }

  /** @param seenAtMs when a reader had each record, in their order */
  async read(partition: number, records: AsyncIterable<TimedRecord>, seenAtMs: readonly number[]): Promise<void> {
    const published: Published[] = [];
    this.published[partition] = published;
    for await (const { id, key, record, writtenAtMs } of records) {
      const seenMs = seenAtMs[published.length];
      published.push({ id, record: digestOf(record) });
      if (key !== record.customerId) this.broken.push(`${id} is of ${record.customerId} under the key ${key}`);
      this.#follow(id, record);
      this.flow.add(partition, record);
      if (seenMs !== undefined) this.#time(record, writtenAtMs, seenMs);
    }
  }

  #follow(id: string, record: TierRecord): void {
    const { customerId, revision, program } = record;
    const before = this.flow.revisions.get(customerId) ?? 0;
    if (revision !== before + 1) this.broken.push(`${id} is revision ${revision} of ${customerId} after ${before}`);
    if (record.type !== 'TierChanged') return;

    const { from, to, cause, reason, direction, policyVersion } = record;
    const place = `${customerId} ${program}`;
    const held = this.#tiers.get(place) ?? null;
    if (from !== held) this.broken.push(`${id} leads from ${from}, but ${place} stood in ${held}`);
    this.#tiers.set(place, to);
    if (cause === 'policy') count(this.moves, `to version ${policyVersion}, ${direction}`, 1);
    if (reason.code === 'rolledBack') this.rolledBack.add(customerId);
  }

  #time(record: TierRecord, writtenAtMs: number, seenMs: number): void {
    if (record.type !== 'TierChanged' || record.program !== 'pulse' || record.trigger?.source !== loadSource) return;
    const { eventId } = record.trigger;
    if (this.#pulsed.has(eventId)) this.broken.push(`${eventId} has changed pulse twice`);
    this.#pulsed.add(eventId);
    const atMs = record.recordedAt;
    this.waits.push({ atMs, writtenMs: writtenAtMs - atMs, seenMs: performance.timeOrigin + seenMs - atMs });
  }
}

/** One text for one content, however it came: decoded records have classes of their own, parsed lines have none. */
export function digestOf(record: object): string {
  return hash('sha1', canonicalJson(record), 'base64');
}

function count(counts: Map<string, number>, key: string, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}
