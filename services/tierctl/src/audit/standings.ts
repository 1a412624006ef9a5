/** What a customer's state and the topic of standings have to agree on. */
import type { ProgramStanding } from '@tierflow/customer/changes';
import { formatDay } from '@tierflow/customer/epoch-day';

export interface Standings {
  readonly revision: number;
  /** One line, so that it can be compared and shown: `value gold since 2024-03-01, …`. */
  readonly text: string;
}

/** Programs in which the customer has a tier; a program without one is the same as none. */
export function heldStandings(tiers: {
  readonly revision: number;
  readonly standings: readonly Pick<ProgramStanding, 'program' | 'tier' | 'sinceDay'>[];
}): Standings {
  const held = tiers.standings.filter(({ tier }) => tier !== null);
  const lines = held.map(({ program, tier, sinceDay }) => `${program} ${tier} since ${formatDay(sinceDay)}`);
  return { revision: tiers.revision, text: lines.sort().join(', ') || 'none' };
}
