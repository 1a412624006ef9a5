/** What the store tells of customers after a log, and what the naive fold says it should. */

import { decodeHead } from '@tierflow/customer/customer-codec';
import { formatDay } from '@tierflow/customer/epoch-day';
import type { CutAxis } from '@tierflow/customer/policy';
import { axesOf } from './naive-calibration.ts';
import type { NaiveFold } from './naive-fold.ts';
import { rankingOf } from './naive-rankings.ts';
import type { RealFold } from './real-fold.ts';

export interface ToldStanding {
  readonly tier: string | null;
  readonly since: string;
}

/** By customer and program, as the views tell it. */
export function standingsIn({ store }: RealFold): Record<string, Record<string, ToldStanding>> {
  const views = [...store.partition(0).views].map(([id, json]) => {
    const standings = Object.entries<ToldStanding>(JSON.parse(json).standings);
    return [id, Object.fromEntries(standings.map(([program, { tier, since }]) => [program, { tier, since }]))] as const;
  });
  return Object.fromEntries(views);
}

export function told({ customers }: NaiveFold): Record<string, Record<string, ToldStanding>> {
  const standings = [...customers].map(([id, customer]) => {
    const byProgram = [...customer.standings].map(
      ([program, { tier, sinceDay }]) => [program, { tier, since: formatDay(sinceDay) }] as const,
    );
    return [id, Object.fromEntries(byProgram)] as const;
  });
  return Object.fromEntries(standings);
}

/** By customer: how it stands, with all that its guards and warnings remember. */
export function customersIn({ store, state }: RealFold): Map<string, unknown> {
  const heads = [...store.partition(0).heads].map(([id, head]) => {
    const { standings, overrides, policyVersion } = decodeHead(id, head, state).customer;
    return [id, { standings, overrides, policyVersion }] as const;
  });
  return new Map(heads);
}

type Places = Record<string, Record<string, number>>;

/**
 * By what is ranked and by customer. The product's keys are taken from its policies, axis by axis, and have to say the same
 * as the meanings. Who was not written since a ranking is kept may have no place in it yet; a place that is there is right.
 */
export function placesIn(real: RealFold, naive: NaiveFold): { readonly expected: Places; readonly found: Places } {
  const meaningOfKey = new Map<string, string>();
  for (const { version } of real.state.versions()) {
    const document = naive.control.documentOf({ version, calibration: 0 })!;
    for (const { name, population } of real.state.policyUnder(version)!.programs) {
      const written = axesOf(document.programs[name]!);
      (population?.axes ?? []).forEach(({ ranking }: CutAxis, index) => {
        const { measure, among } = written[index]!;
        const { meaning } = rankingOf(document, measure, among);
        if ((meaningOfKey.get(ranking) ?? meaning) !== meaning) throw new Error(`${ranking} means two things.`);
        meaningOfKey.set(ranking, meaning);
      });
    }
  }
  if (new Set(meaningOfKey.values()).size !== meaningOfKey.size) throw new Error('Two keys mean the same.');

  const found: Places = {};
  for (const [key, places] of real.store.partition(0).ranks) {
    if (places.size > 0) found[meaningOfKey.get(key) ?? key] = Object.fromEntries(places);
  }
  const expected: Places = {};
  for (const [meaning, { version, ranking }] of naive.control.rankings) {
    const places: Record<string, number> = {};
    for (const id of naive.customers.keys()) {
      const place = naive.placeOf(id, version, ranking);
      const isThere = naive.isPlaced(id) || found[meaning]?.[id] !== undefined;
      if (place !== null && isThere) places[id] = place;
    }
    if (Object.keys(places).length > 0) expected[meaning] = places;
  }
  return { expected, found };
}
