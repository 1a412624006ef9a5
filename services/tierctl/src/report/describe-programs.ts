/** Population and migration of every program as tables. */
import type { Policy } from '@tierflow/customer/policy';
import { heading, table } from '../terminal.ts';
import type { ProgramSummary, Transition } from '../tier-summary.ts';
import { titled, titleOf, type Words } from './words.ts';

/** Titles come from the policy; without it, names are shown. */
export function describePrograms(
  programs: Readonly<Record<string, ProgramSummary>>,
  words: Words,
  policy: Policy | null,
): string {
  return Object.entries(programs)
    .map(([name, { population, transitions }]) => {
      const program = policy?.programs.find(candidate => candidate.name === name);
      const titleIn = (tier: string) => program?.tiers.find(candidate => candidate.name === tier)?.title;
      const rows = Object.entries(population).map(([tier, count]) => [titled(tier, titleIn(tier), words), count]);
      const named = (tier: string | null): string => (tier === null ? words.none : titleOf(tier, titleIn(tier), words));
      return [
        heading(`${titled(name, program?.title, words)} — ${words.population}`),
        table([words.tier, words.customers], rows),
        heading(`${titled(name, program?.title, words)} — ${words.migration}`),
        matrix(transitions, Object.keys(population), named, words),
        table([words.causeTitle, words.count], causes(transitions, words)),
      ].join('\n');
    })
    .join('\n');
}

function matrix(
  transitions: readonly Transition[],
  tiers: readonly string[],
  named: (tier: string | null) => string,
  words: Words,
): string {
  const left = transitions.some(({ to }) => to === null);
  const columns: (string | null)[] = left ? [...tiers, null] : [...tiers];
  const rows = [null, ...tiers].map(from => [
    named(from),
    ...columns.map(to => {
      const count = transitions.filter(t => t.from === from && t.to === to).reduce((sum, t) => sum + t.count, 0);
      return count === 0 ? '' : count;
    }),
  ]);
  return table([words.fromTo, ...columns.map(named)], rows);
}

function causes(transitions: readonly Transition[], words: Words): [string, number][] {
  const counts = new Map<string, number>();
  for (const { cause, count } of transitions) {
    const name = words.causes[cause] ?? cause;
    counts.set(name, (counts.get(name) ?? 0) + count);
  }
  return [...counts].sort(([, a], [, b]) => b - a);
}
