/** One partition: its slices against their digests, its rank indexes and its standings on the topic against the states. */
import { decodeHead } from '@tierflow/customer/customer-codec';
import { PartitionState } from '@tierflow/processor/partition-state';
import type { SliceReader } from '@tierflow/redis/slice-reader';
import { isRefolding } from '@tierflow/redis/state-reader';
import type { Connections } from '../connections.ts';
import { awaitPublished } from './await-published.ts';
import { compareRanks, findStrangers } from './compare-ranks.ts';
import { compareStandings } from './compare-standings.ts';
import { type Finding, isOfRanks, type PartitionAudit } from './finding.ts';
import { scrubSlice } from './scrub-slice.ts';
import { heldStandings, type Standings } from './standings.ts';
import { TiersTopic } from './tiers-topic.ts';

export async function auditPartition(
  connections: Connections,
  slices: SliceReader,
  partition: number,
  sliceCount: number,
  timeoutSeconds: number,
  onSlice: () => void,
): Promise<PartitionAudit> {
  const states = await connections.states();
  const readState = stateReader(async () => (await states.readPartition(partition)).partitionState);
  const findings: Finding[] = [];
  const unchecked: string[] = [];
  const standings = new Map<string, Standings>();
  let cursor: number | null = null;
  let unrankable = 0;
  for (let slice = 0; slice < sliceCount; slice++) {
    const scrubbed = await scrubSlice(slices, readState, partition, slice);
    if (scrubbed.isJudged) findings.push(...scrubbed.findings);
    else unchecked.push(`slice ${slice} changes faster than it can be read`);
    for (const [id, held] of scrubbed.standings) standings.set(id, held);
    const ranks = await compareRanks(slices, readState, partition, slice, scrubbed.ranks);
    findings.push(...ranks.findings);
    unrankable += ranks.undecided;
    cursor = scrubbed.cursor;
    onSlice();
  }
  const digestsEqual = unchecked.length > 0 ? null : findings.every(isOfRanks);
  const rankings = (await readState())?.rankings ?? [];
  findings.push(...(await findStrangers(slices, rankings, partition, id => standings.has(id))));
  if (unrankable > 0) unchecked.push(`${unrankable} places in rank indexes change faster than they can be compared`);
  const ranksEqual = unrankable > 0 ? null : !findings.some(isOfRanks);
  const audit = { partition, cursor, customers: standings.size, digestsEqual, ranksEqual };

  const whyNot = await awaitPublished(states, partition, cursor, timeoutSeconds);
  if (whyNot !== null) {
    return { ...audit, standingsEqual: null, findings, unchecked: [...unchecked, whyNot] };
  }
  const topic = await TiersTopic.open(connections, partition);
  const { findings: different, undecided } = await compareStandings(standings, await topic.read(), {
    readTopic: () => topic.read(),
    readStates: async ids => {
      const heads = await slices.readHeads(partition, ids);
      const state = (await readState()) ?? new PartitionState();
      await awaitPublished(states, partition, (await states.readPartition(partition)).cursor, timeoutSeconds);
      return new Map(
        ids.flatMap((id, i) => {
          const head = heads[i];
          return head ? [[id, heldStandings(decodeHead(id, head, state).customer)] as const] : [];
        }),
      );
    },
  });
  if (undecided > 0) unchecked.push(`${undecided} customers change faster than they can be compared`);
  if (isRefolding(await states.readPartition(partition))) {
    unchecked.push('it is being folded anew, so its standings are behind the topic');
    return { ...audit, standingsEqual: null, findings, unchecked };
  }
  const standingsEqual = undecided > 0 ? null : different.length === 0;
  return { ...audit, standingsEqual, findings: [...findings, ...different], unchecked };
}

/** Parses the partition's state when it has changed, which is seldom. */
function stateReader(readText: () => Promise<string | null>): () => Promise<PartitionState | null> {
  let text: string | null = null;
  let state: PartitionState | null = null;
  return async () => {
    const latest = await readText();
    if (latest !== text) {
      state = latest === null ? null : PartitionState.parse(latest);
      text = latest;
    }
    return state;
  };
}
