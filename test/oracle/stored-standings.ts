/** What the store tells of customers after a log, and what the naive fold says it should. */

import { decodeHead } from '@tierflow/customer/customer-codec';
import { formatDay } from '@tierflow/customer/epoch-day';
import { topShares } from '@tierflow/customer/population/top-shares';
import { axesOf } from './naive-calibration.ts';
import type { NaiveFold } from './naive-fold.ts';
import { rankingOf, rankingsOf } from './naive-rankings.ts';
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

/** By key: what the rank index means. The product's keys are taken from its policies, axis by axis. */
function meaningsOf(real: RealFold, { control }: NaiveFold): ReadonlyMap<string, string> {
  const meanings = new Map<string, string>();
  for (const { version } of real.state.versions()) {
    const document = control.documentOf({ version, calibration: 0 })!;
    for (const { name, population } of real.state.policyUnder(version)!.programs) {
      const written = axesOf(document.programs[name]!);
      (population?.axes ?? []).forEach(({ ranking }, index) => {
        const { measure, among } = written[index]!;
        const { meaning } = rankingOf(document, measure, among);
        if ((meanings.get(ranking) ?? meaning) !== meaning) throw new Error(`${ranking} means two things.`);
        meanings.set(ranking, meaning);
      });
    }
  }
  if (new Set(meanings.values()).size !== meanings.size) throw new Error('Two keys mean the same.');
  return meanings;
}

type Places = Record<string, Record<string, number>>;

/**
 * By what is ranked and by customer. Who was not written since a ranking is kept may have no place in it yet; a place that is
 * there is right.
 */
export function placesIn(real: RealFold, naive: NaiveFold): { readonly expected: Places; readonly found: Places } {
  const meaningOfKey = meaningsOf(real, naive);
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

interface ToldPopulation {
  readonly ranks: unknown;
  readonly cuts: Record<string, unknown>;
}

/** Of customers that are judged by what their slice follows, by id: the population as the view tells it, and as it is. */
export function populationIn(real: RealFold, naive: NaiveFold) {
  const meaningOfKey = meaningsOf(real, naive);
  const expected: Record<string, ToldPopulation> = {};
  const found: Record<string, ToldPopulation> = {};
  for (const [id, json] of real.store.partition(0).views) {
    const judged = naive.judgedBySlice(id);
    if (judged === null) continue;
    const view = JSON.parse(json);
    const document = naive.control.documentOf(judged)!;
    const record = naive.control.cutsOf(judged);
    const programs = Object.entries(document.programs).filter(([, program]) => axesOf(program).length > 0);
    const cuts = programs.map(([name]) => {
      const own = record?.programs.find(({ program }) => program === name);
      return [name, own === undefined ? 'fixed' : { asOf: formatDay(record!.day), of: own.size }];
    });
    const ranks: Record<string, unknown> = {};
    for (const ranking of rankingsOf(document)) {
      const calibrated = record?.rankings.find(one => meaningOfKey.get(one.ranking) === ranking.meaning);
      const place = naive.placeOf(id, judged.version, ranking);
      if (calibrated === undefined || place === null || ranks[ranking.measure] !== undefined) continue;
      const reached = topShares.find((_, index) => place >= calibrated.topValues[index]!) ?? 1000;
      const top = `${Math.floor(reached / 10)}.${reached % 10}`;
      ranks[ranking.measure] = { top, of: calibrated.size, asOf: formatDay(record!.day) };
    }
    expected[id] = { ranks, cuts: Object.fromEntries(cuts) };
    const told = programs.map(([name]) => [name, view.standings[name].cuts]);
    found[id] = { ranks: view.ranks ?? {}, cuts: Object.fromEntries(told) };
  }
  return { expected, found };
}
