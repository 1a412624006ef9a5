/**
 * Compares the rank indexes with the states, on a system that goes on. A customer and its places are written by one commit
 * but read one after the other: a place that differs has either moved meanwhile, which reading both once more shows, or is
 * wrong.
 */
import { decodeHead } from '@tierflow/customer/customer-codec';
import type { PartitionState } from '@tierflow/processor/partition-state';
import type { SliceReader } from '@tierflow/redis/slice-reader';
import type { Finding } from './finding.ts';
import { type HeldRanks, heldRanks } from './held-ranks.ts';

export interface RankComparison {
  readonly findings: readonly Finding[];
  /** Places that never stood still. */
  readonly undecided: number;
}

const roundsMax = 6;

export async function compareRanks(
  slices: SliceReader,
  readState: () => Promise<PartitionState | null>,
  partition: number,
  slice: number,
  held: ReadonlyMap<string, HeldRanks>,
): Promise<RankComparison> {
  const findings: Finding[] = [];
  let suspects = await differences(slices, await readState(), partition, slice, held);
  for (let round = 0; suspects.length > 0 && round < roundsMax; round++) {
    const before = new Set(suspects.map(textOf));
    const ids = [...new Set(suspects.map(({ customerId }) => customerId!))];
    const again = await readHeld(slices, readState, partition, slice, ids);
    const remaining = await differences(slices, await readState(), partition, slice, again);
    // Twice the same: nobody has moved it meanwhile.
    findings.push(...remaining.filter(finding => before.has(textOf(finding))));
    suspects = remaining.filter(finding => !before.has(textOf(finding)));
  }
  return { findings, undecided: suspects.length };
}

const textOf = ({ customerId, detail }: Finding): string => `${customerId}: ${detail}`;

async function differences(
  slices: SliceReader,
  state: PartitionState | null,
  partition: number,
  slice: number,
  held: ReadonlyMap<string, HeldRanks>,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const customers = [...held];
  const ids = customers.map(([id]) => id);
  for (const ranking of state?.rankings ?? []) {
    const stored = await slices.readRanks(partition, ranking, ids);
    customers.forEach(([customerId, { values, mayBeMissing }], i) => {
      const [expected, found] = [values.get(ranking), stored[i]!];
      // An index that came after the state was read is not asked for yet.
      if (expected === undefined || found === expected || (found === null && mayBeMissing)) return;
      const detail = `rank index ${ranking}: ${placeOf(found)}, and its state gives ${placeOf(expected)}`;
      findings.push({ kind: 'rankDiffers', customerId, slice, detail });
    });
  }
  return findings;
}

function placeOf(value: number | null): string {
  return value === null ? 'no place' : String(value);
}

async function readHeld(
  slices: SliceReader,
  readState: () => Promise<PartitionState | null>,
  partition: number,
  slice: number,
  ids: readonly string[],
): Promise<Map<string, HeldRanks>> {
  const heads = await slices.readHeads(partition, ids);
  // Read after the heads, so that it knows every name that they refer to.
  const state = await readState();
  const held = new Map<string, HeldRanks>();
  if (state === null) return held;
  const decoded = ids.flatMap((id, i) => (heads[i] ? [decodeHead(id, heads[i], state)] : []));
  const chunks = await slices.readChunks(
    partition,
    decoded.flatMap(({ customer, chunkSequences }) =>
      chunkSequences.map(sequence => ({ customerId: customer.id, sequence })),
    ),
  );
  let next = 0;
  for (const { customer, chunkSequences } of decoded) {
    const own = chunks.slice(next, next + chunkSequences.length);
    next += chunkSequences.length;
    // What is missing is told by the digest.
    if (own.includes(null)) continue;
    held.set(customer.id, heldRanks(customer, own as Buffer[], state, slice));
  }
  return held;
}

/** Whoever stands in a rank index and has no state. A customer who was forgotten meanwhile has left both. */
export async function findStrangers(
  slices: SliceReader,
  rankings: readonly string[],
  partition: number,
  isKnown: (customerId: string) => boolean,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const ranking of rankings) {
    for await (const page of slices.rankedCustomers(partition, ranking)) {
      const unknown = page.filter(id => !isKnown(id));
      if (unknown.length === 0) continue;
      const heads = await slices.readHeads(partition, unknown);
      const strangers = unknown.filter((_, i) => heads[i] === null);
      const places = await slices.readRanks(partition, ranking, strangers);
      strangers.forEach((customerId, i) => {
        if (places[i] === null) return;
        const detail = `stands in rank index ${ranking} and has no state`;
        findings.push({ kind: 'rankOfNobody', customerId, slice: null, detail });
      });
    }
  }
  return findings;
}
