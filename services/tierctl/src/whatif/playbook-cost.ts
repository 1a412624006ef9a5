/** What the playbooks would cost a year: what a tier's costs for one customer, times those in it. */
import { parseDecimal } from '@tierflow/customer/decimal';
import type { PolicyDocument } from '@tierflow/customer/policy-document';

export interface TierCost {
  readonly tier: string;
  /** In minor units of the base currency; null: no policy that is followed says what it costs. */
  readonly beforeMinor: number | null;
  readonly afterMinor: number | null;
}

export interface PlaybookCost {
  readonly tiers: readonly TierCost[];
  /** Of all tiers; null: none of them says what it costs. */
  readonly beforeMinor: number | null;
  readonly afterMinor: number | null;
}

export interface Standings {
  readonly version: number;
  readonly program: string;
  readonly tier: string;
  readonly customers: number;
}

/** Of one program; null where neither policy says what its tiers cost. */
export function playbookCost(
  program: string,
  tiers: readonly string[],
  [before, after]: readonly [Iterable<Standings>, Iterable<Standings>],
  documents: ReadonlyMap<number, PolicyDocument>,
  digits: number,
): PlaybookCost | null {
  const costOf = (version: number, tier: string): number | null => {
    const document = documents.get(version)?.programs[program]?.tiers?.find(candidate => candidate.tier === tier);
    return document?.playbookCost === undefined ? null : parseDecimal(document.playbookCost, digits);
  };
  const costsOf = (standings: Iterable<Standings>): Map<string, number> => {
    const costs = new Map<string, number>();
    for (const { version, program: of, tier, customers } of standings) {
      const each = of === program ? costOf(version, tier) : null;
      if (each !== null) costs.set(tier, (costs.get(tier) ?? 0) + each * customers);
    }
    return costs;
  };
  const [was, is] = [costsOf(before), costsOf(after)];
  const rows = tiers.flatMap((tier): TierCost[] => {
    const says = [...documents.keys()].some(version => costOf(version, tier) !== null);
    return says ? [{ tier, beforeMinor: was.get(tier) ?? null, afterMinor: is.get(tier) ?? null }] : [];
  });
  if (rows.length === 0) return null;
  const total = (costs: ReadonlyMap<string, number>) =>
    costs.size === 0 ? null : [...costs.values()].reduce((sum, cost) => sum + cost, 0);
  return { tiers: rows, beforeMinor: total(was), afterMinor: total(is) };
}
