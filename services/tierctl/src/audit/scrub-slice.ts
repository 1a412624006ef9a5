/**
 * Holds the customers of a slice to its digest. Right while the owner is writing: heads and digest are read at one
 * instant, and the chunks, read a moment later, are still those of that instant if the digest has not moved since.
 */

import type { Customer } from '@tierflow/customer/customer';
import { decodeHead } from '@tierflow/customer/customer-codec';
import type { PartitionState } from '@tierflow/processor/partition-state';
import { formatDigest, mix } from '@tierflow/processor/slice-digests';
import type { SliceReader, SliceSnapshot } from '@tierflow/redis/slice-reader';
import { inHead } from '@tierflow/window/tile-series';
import type { Finding } from './finding.ts';
import { type HeldRanks, heldRanks } from './held-ranks.ts';
import { heldStandings, type Standings } from './standings.ts';

export interface ScrubbedSlice {
  readonly cursor: number | null;
  /** By customer: what the state says. */
  readonly standings: ReadonlyMap<string, Standings>;
  /** By customer, of those whose chunks are all there. */
  readonly ranks: ReadonlyMap<string, HeldRanks>;
  readonly findings: readonly Finding[];
  /** Whether the slice stood still long enough to be judged. */
  readonly isJudged: boolean;
}

const attemptsMax = 8;

interface Hashed {
  readonly head: Buffer;
  readonly high: number;
  readonly low: number;
  readonly standings: Standings;
  /** null: not all of its chunks are there. */
  readonly ranks: HeldRanks | null;
}

export async function scrubSlice(
  slices: SliceReader,
  readState: () => Promise<PartitionState | null>,
  partition: number,
  slice: number,
): Promise<ScrubbedSlice> {
  const known = new Map<string, Hashed>();
  let knownUnder: PartitionState | null = null;
  for (let attempt = 1; ; attempt++) {
    const snapshot = await slices.readSlice(partition, slice);
    // Read after the heads, so that it knows every name that they refer to.
    const state = await readState();
    // What has become of the policies may have become of the ranks.
    if (state !== knownUnder) known.clear();
    knownUnder = state;
    const findings = state === null ? [] : await hashCustomers(slices, state, partition, slice, snapshot, known);
    const standings = new Map<string, Standings>();
    const ranks = new Map<string, HeldRanks>();
    const digest = { high: 0, low: 0 };
    for (const { id } of snapshot.customers) {
      const hashed = known.get(id);
      if (hashed === undefined) continue;
      digest.high ^= hashed.high;
      digest.low ^= hashed.low;
      standings.set(id, hashed.standings);
      if (hashed.ranks !== null) ranks.set(id, hashed.ranks);
    }
    const judged = { cursor: snapshot.cursor, standings, ranks, isJudged: true };
    // Equal is equal, whatever has happened since; what differs must have stood still.
    if (findings.length === 0 && isAsKept(snapshot, formatDigest(digest))) return { ...judged, findings };
    const stoodStill = (await slices.readDigest(partition, slice)) === snapshot.digest;
    if (!stoodStill && attempt < attemptsMax) continue;
    if (!stoodStill) return { ...judged, findings: [], isJudged: false };
    if (findings.length === 0) findings.push(difference(slice, snapshot, formatDigest(digest)));
    return { ...judged, findings };
  }
}

const noDigest = formatDigest({ high: 0, low: 0 });

function isAsKept({ digest, customers }: SliceSnapshot, found: string): boolean {
  // A slice that never had a customer has no digest.
  return digest === null ? customers.length === 0 : digest === found;
}

function difference(slice: number, { digest, customers }: SliceSnapshot, found: string): Finding {
  if (digest === null) {
    const detail = `${customers.length} customers and no digest: it was lost, or an older release wrote the state`;
    return { kind: 'digestMissing', customerId: null, slice, detail };
  }
  const what = found === noDigest ? 'nothing is left of it' : `what is stored hashes to ${found}`;
  const detail = `its digest is ${digest}, ${what}: something was lost or altered that tiering has not written`;
  return { kind: 'digestDiffers', customerId: null, slice, detail };
}

/** Hashes whoever is new or has changed since the last attempt, so that an attempt is over soon; gives what is damaged. */
async function hashCustomers(
  slices: SliceReader,
  state: PartitionState,
  partition: number,
  slice: number,
  { customers }: SliceSnapshot,
  known: Map<string, Hashed>,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const find = (kind: Finding['kind'], customerId: string, detail: string) =>
    findings.push({ kind, customerId, slice, detail });
  const fresh: { id: string; head: Buffer; sequences: readonly number[]; customer: Customer }[] = [];
  for (const { id, head } of customers) {
    if (head === null) {
      find('stateMissing', id, 'stands in the due index and has no state');
      known.delete(id);
      continue;
    }
    if (known.get(id)?.head.equals(head)) continue;
    known.delete(id);
    try {
      const { customer, chunkSequences } = decodeHead(id, head, state);
      fresh.push({ id, head, sequences: chunkSequences, customer });
    } catch (error) {
      find('stateUnreadable', id, error instanceof Error ? error.message : String(error));
    }
  }
  const wanted = fresh.flatMap(({ id, sequences }) => sequences.map(sequence => ({ customerId: id, sequence })));
  const chunks = wanted.length === 0 ? [] : await slices.readChunks(partition, wanted);
  let next = 0;
  for (const { id, head, sequences, customer } of fresh) {
    const hash = { high: 0, low: 0 };
    mix(hash, id, inHead, head);
    const own: Buffer[] = [];
    for (const sequence of sequences) {
      const chunk = chunks[next++];
      if (!chunk) {
        find('chunkMissing', id, `chunk ${sequence} of its sealed days is missing`);
        continue;
      }
      mix(hash, id, sequence, chunk);
      own.push(chunk);
    }
    let ranks: HeldRanks | null = null;
    try {
      if (own.length === sequences.length) ranks = heldRanks(customer, own, state, slice);
    } catch (error) {
      find('stateUnreadable', id, error instanceof Error ? error.message : String(error));
    }
    known.set(id, { head, ...hash, standings: heldStandings(customer), ranks });
  }
  return findings;
}
