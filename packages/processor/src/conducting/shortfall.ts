/** Why a program keeps the cuts that it is written with: its population is too small, or too little is known of it. */
import type { Policy, ProgramPopulation } from '@tierflow/customer/policy';
import type { RankIndexes } from '../ports.ts';

export type Shortfall =
  | { readonly kind: 'customers'; readonly size: number; readonly minCustomers: number }
  | { readonly kind: 'days'; readonly historyDays: number; readonly minDays: number };

/** null: the cuts may be taken from the population. */
export function shortfallOf(
  { minCustomers, minDays }: Pick<ProgramPopulation, 'minCustomers' | 'minDays'>,
  size: number,
  historyDays: number,
): Shortfall | null {
  if (size < minCustomers) return { kind: 'customers', size, minCustomers };
  if (historyDays < minDays) return { kind: 'days', historyDays, minDays };
  return null;
}

export interface SurveyedProgram {
  readonly program: string;
  readonly population: ProgramPopulation;
  /** Customers by ranking. */
  readonly sizes: ReadonlyMap<string, number>;
  /** Of its rankings the smallest: so many customers are ranked by each of its axes. */
  readonly size: number;
  readonly shortfall: Shortfall | null;
}

/** The programs whose cuts follow the population. `historyDays`: business days since the log began, both ends included. */
export async function surveyPrograms(
  indexes: Pick<RankIndexes, 'size'>,
  policy: Policy,
  historyDays: number,
): Promise<SurveyedProgram[]> {
  const surveyed: SurveyedProgram[] = [];
  for (const { name: program, population } of policy.programs) {
    if (population === null) continue;
    const sizes = new Map<string, number>();
    for (const { ranking } of population.axes) sizes.set(ranking, await indexes.size(ranking));
    const size = Math.min(...sizes.values());
    surveyed.push({ program, population, sizes, size, shortfall: shortfallOf(population, size, historyDays) });
  }
  return surveyed;
}
