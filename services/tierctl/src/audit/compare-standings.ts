/**
 * Compares the standings in the state with the last emitted ones, on a system that goes on.
 *
 * A change is in the state before it is on the topic, and once the outbox has been published up to the cursor at which a
 * state was read, the topic is at least as new as that state. So a pair that differs was either changed meanwhile, which
 * reading both once more shows, or is wrong.
 */
import type { Finding } from './finding.ts';
import type { Standings } from './standings.ts';

/** Both sides of a partition. `readStates` waits until what it has read is published. */
export interface StandingsSource {
  readStates(customerIds: readonly string[]): Promise<ReadonlyMap<string, Standings>>;
  /** Brings the topic's values up to its present end. null: a tombstone, the customer is forgotten. */
  readTopic(): Promise<ReadonlyMap<string, Standings | null>>;
}

const roundsMax = 6;

type Side = Standings | null;

export interface Comparison {
  readonly findings: readonly Finding[];
  /** Customers that never stood still. */
  readonly undecided: number;
}

export async function compareStandings(
  states: ReadonlyMap<string, Standings>,
  topic: ReadonlyMap<string, Standings | null>,
  source: StandingsSource,
): Promise<Comparison> {
  const ids = new Set([...states.keys(), ...topic.keys()]);
  let suspects = new Map<string, string>();
  for (const id of ids) {
    const pair = pairOf(states.get(id) ?? null, topic.get(id) ?? null);
    if (!pair.fits) suspects.set(id, pair.text);
  }
  const findings: Finding[] = [];
  for (let round = 0; suspects.size > 0 && round < roundsMax; round++) {
    const again = await source.readStates([...suspects.keys()]);
    const latest = await source.readTopic();
    const remaining = new Map<string, string>();
    for (const [id, before] of suspects) {
      const state = again.get(id) ?? null;
      const emitted = latest.get(id) ?? null;
      const pair = pairOf(state, emitted);
      if (pair.fits) continue;
      // Twice the same: nobody has changed it meanwhile.
      if (pair.text === before) findings.push(findingOf(id, state, emitted));
      else remaining.set(id, pair.text);
    }
    suspects = remaining;
  }
  return { findings, undecided: suspects.size };
}

function pairOf(state: Side, topic: Side): { readonly fits: boolean; readonly text: string } {
  return { fits: fits(state, topic), text: `${describe(state)} / ${describe(topic)}` };
}

function fits(state: Side, topic: Side): boolean {
  // Nobody has been told anything yet of a customer without a revision.
  if (topic === null) return state === null || state.revision === 0;
  return state !== null && state.revision === topic.revision && state.text === topic.text;
}

function findingOf(customerId: string, state: Side, topic: Side): Finding {
  const kind = ((): Finding['kind'] => {
    if (state === null) return 'onlyOnTopic';
    if (topic === null) return 'onlyInState';
    if (state.revision === topic.revision) return 'standingsDiffer';
    return state.revision > topic.revision ? 'topicBehind' : 'stateBehind';
  })();
  const detail = `state: ${describe(state)}; customer-tiers: ${describe(topic)}`;
  return { kind, customerId, slice: null, detail };
}

function describe(side: Side): string {
  return side === null ? 'nothing' : `revision ${side.revision}, ${side.text}`;
}
