/** How many customers moved between two moments, by the counters of flow. */
import type { Policy } from '@tierflow/customer/policy';
import { PartitionState } from '@tierflow/processor/partition-state';
import type { Connections } from '@tierflow/tierctl/connections';
import { mergeCounters } from '@tierflow/tierctl/merge-counters';
import { summarizePrograms, type Transition } from '@tierflow/tierctl/tier-summary';

export interface Movement {
  /** On ladders. Whoever comes to a ladder is neither. */
  readonly promotions: number;
  readonly demotions: number;
  /** In segments, where there is no up and down. */
  readonly moves: number;
}

type Direction = keyof Movement;
export type TransitionCounts = ReadonlyMap<Direction, number>;

export async function readTransitions(connections: Connections): Promise<TransitionCounts> {
  const { partitions } = await connections.genesis();
  const states = await connections.states();
  const snapshots = await Promise.all(Array.from({ length: partitions }, (_, each) => states.readPartition(each)));
  const stored = snapshots[0]!.partitionState;
  const policy = stored === null ? null : PartitionState.parse(stored).policyOf(0);
  const counts = new Map<Direction, number>();
  const programs = summarizePrograms(mergeCounters(snapshots.map(({ counters }) => counters)), policy);
  for (const [program, { transitions }] of Object.entries(programs)) {
    for (const transition of transitions) {
      const direction = directionOf(program, transition, policy);
      if (direction !== null) counts.set(direction, (counts.get(direction) ?? 0) + transition.count);
    }
  }
  return counts;
}

export function movementBetween(before: TransitionCounts, after: TransitionCounts): Movement {
  const since = (direction: Direction) => (after.get(direction) ?? 0) - (before.get(direction) ?? 0);
  return { promotions: since('promotions'), demotions: since('demotions'), moves: since('moves') };
}

function directionOf(name: string, { from, to }: Transition, policy: Policy | null): Direction | null {
  const program = policy?.programs.find(candidate => candidate.name === name);
  if (program === undefined || from === null || to === null) return null;
  if (program.kind !== 'ladder') return 'moves';
  const rank = (tier: string) => program.tiers.findIndex(candidate => candidate.name === tier);
  return rank(to) < rank(from) ? 'promotions' : 'demotions';
}
