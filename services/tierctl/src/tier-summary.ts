/** What the counters say: how many records had which outcome, who stands where, and who moved. */
import type { Cause } from '@tierflow/customer/changes';
import type { Policy } from '@tierflow/customer/policy';
import type { CounterSnapshot } from '@tierflow/processor/ports';

export interface EventCounts {
  /** Every record that was read is accepted, a duplicate or rejected. */
  readonly read: number;
  readonly accepted: number;
  readonly rejected: number;
  readonly duplicate: number;
  /** Accepted for a day that was over. */
  readonly late: number;
  readonly rejectedByReason: Readonly<Record<string, number>>;
}

export interface Transition {
  /** null: no standing. */
  readonly from: string | null;
  readonly to: string | null;
  readonly cause: Cause;
  readonly count: number;
}

export interface ProgramSummary {
  /** Customers by tier, in the policy's order. */
  readonly population: Readonly<Record<string, number>>;
  readonly transitions: readonly Transition[];
}

const rejectedPrefix = 'rejected.';

/** `rejectedAtDoor` never reached the log, so no counter knows it. */
export function eventCounts(counters: CounterSnapshot, rejectedAtDoor: ReadonlyMap<string, number>): EventCounts {
  const byReason = new Map(rejectedAtDoor);
  for (const [outcome, count] of counters.records) {
    if (!outcome.startsWith(rejectedPrefix)) continue;
    const reason = outcome.slice(rejectedPrefix.length);
    byReason.set(reason, (byReason.get(reason) ?? 0) + count);
  }
  const accepted = counters.records.get('applied') ?? 0;
  const duplicate = counters.records.get('duplicate') ?? 0;
  const rejected = [...byReason.values()].reduce((sum, count) => sum + count, 0);
  return {
    read: accepted + duplicate + rejected,
    accepted,
    rejected,
    duplicate,
    late: counters.records.get('late') ?? 0,
    rejectedByReason: Object.fromEntries([...byReason].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

export function summarizePrograms(counters: CounterSnapshot, policy: Policy | null): Record<string, ProgramSummary> {
  const programs = new Map<string, { population: Map<string, number>; transitions: Transition[] }>();
  const programOf = (name: string) => {
    let program = programs.get(name);
    if (program === undefined) {
      program = { population: new Map(), transitions: [] };
      programs.set(name, program);
    }
    return program;
  };
  // The policy's own come first and with all their tiers, also the empty ones.
  for (const { name, tiers } of policy?.programs ?? []) {
    for (const tier of tiers) programOf(name).population.set(tier.name, 0);
  }
  for (const [key, count] of counters.stock) {
    const [program, tier] = key.split('|') as [string, string];
    const { population } = programOf(program);
    if (count !== 0 || population.has(tier)) population.set(tier, count);
  }
  for (const [key, count] of counters.flow) {
    const [program, from, to, cause] = key.split('|') as [string, string, string, Cause];
    programOf(program).transitions.push({ from: tierOf(from), to: tierOf(to), cause, count });
  }
  return Object.fromEntries(
    [...programs].map(([name, { population, transitions }]) => {
      const order = [null, ...population.keys()];
      const rank = ({ from, to }: Transition) => order.indexOf(from) * order.length + order.indexOf(to);
      transitions.sort((a, b) => rank(a) - rank(b) || (a.cause < b.cause ? -1 : 1));
      return [name, { population: Object.fromEntries(population), transitions }];
    }),
  );
}

export function countTransitions(programs: Readonly<Record<string, ProgramSummary>>): number {
  return Object.values(programs)
    .flatMap(({ transitions }) => transitions)
    .reduce((sum, { count }) => sum + count, 0);
}

function tierOf(name: string): string | null {
  return name === 'none' ? null : name;
}
