/** The tables of the sample as days. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseDay } from '@tierflow/customer/epoch-day';
import type { EpochDay } from '@tierflow/customer/events';
import { parse } from 'csv-parse/sync';
import { DateTime } from 'luxon';
import {
  type Basket,
  type BasketLine,
  type Campaign,
  type Profile,
  type Redemption,
  type SampleDay,
  shopZone,
} from './sample-day.ts';
import { syntheticAnswer } from './synthetic-answers.ts';

type Row = Readonly<Record<string, string>>;

export interface CompleteJourney {
  readonly firstDay: EpochDay;
  readonly lastDay: EpochDay;
  dayOf(day: EpochDay): SampleDay;
}

export function readCompleteJourney(folder: string): CompleteJourney {
  const table = (file: string): Row[] => {
    const bytes = readFileSync(join(folder, file));
    return parse(file.endsWith('.gz') ? gunzipSync(bytes) : bytes, { columns: true });
  };
  const firstDay = parseDay('2017-01-01')!;
  const lastDay = parseDay('2017-12-31')!;

  const baskets = basketsOf(table('transactions_sample.csv.gz'));
  const answers = baskets.map(syntheticAnswer).filter(answer => answer !== null);
  const basketsByDay = byDay(baskets, ({ at }) => at);
  const answersByDay = byDay(answers, ({ at }) => at);
  const redemptionsByDay = byDay(redemptionsOf(table('coupon_redemptions.csv')), ({ on }) => on);
  const campaignsByDay = byDay(
    campaignsOf(table('campaign_descriptions.csv'), table('campaigns.csv')),
    ({ startsOn }) => startsOn,
  );
  const profiles = table('demographics.csv').map(profileOf);

  return {
    firstDay,
    lastDay,
    dayOf: day => ({
      day,
      profiles: day === firstDay ? profiles : [],
      campaigns: campaignsByDay.get(day) ?? [],
      redemptions: redemptionsByDay.get(day) ?? [],
      baskets: basketsByDay.get(day) ?? [],
      answers: answersByDay.get(day) ?? [],
    }),
  };
}

/** In order of time, and of id where two began in the same second. */
function basketsOf(rows: readonly Row[]): Basket[] {
  const open = new Map<string, { first: Row; at: string; lines: BasketLine[] }>();
  for (const row of rows) {
    const at = row.transaction_timestamp!;
    let basket = open.get(row.basket_id!);
    if (basket === undefined) {
      basket = { first: row, at, lines: [] };
      open.set(row.basket_id!, basket);
    }
    if (at < basket.at) basket.at = at;
    basket.lines.push({
      product: row.product_id!,
      quantity: Number(row.quantity),
      valueCents: centsOf(row.sales_value!),
    });
  }
  return [...open]
    .map(([id, { first, at, lines }]) => ({ id, household: first.household_id!, store: first.store_id!, at, lines }))
    .sort((a, b) => (a.at === b.at ? compare(a.id, b.id) : compare(a.at, b.at)))
    .map(basket => ({ ...basket, at: shopTime(basket.at) }));
}

/** One line of the table holds 4.440892e-16, which is nothing; all others have at most two decimals. */
function centsOf(text: string): number {
  const cents = Math.round(Number(text) * 100);
  if (Math.abs(cents / 100 - Number(text)) > 1e-9) throw new RangeError(`${text} is not a sum of whole cents`);
  return cents;
}

function shopTime(utc: string): string {
  return DateTime.fromISO(utc, { zone: shopZone }).toFormat("yyyy-MM-dd'T'HH:mm:ss");
}

function campaignsOf(descriptions: readonly Row[], contacts: readonly Row[]): (Campaign & { startsOn: string })[] {
  const households = Map.groupBy(contacts, row => row.campaign_id!);
  return descriptions.map(row => ({
    id: row.campaign_id!,
    type: row.campaign_type!,
    startsOn: row.start_date!,
    households: (households.get(row.campaign_id!) ?? []).map(contact => contact.household_id!),
  }));
}

function redemptionsOf(rows: readonly Row[]): (Redemption & { on: string })[] {
  return rows.map(row => ({
    household: row.household_id!,
    coupon: row.coupon_upc!,
    campaign: row.campaign_id!,
    on: row.redemption_date!,
  }));
}

function profileOf(row: Row): Profile {
  const known = {
    age: row.age,
    income: row.income,
    ownership: row.home_ownership,
    people: row.household_size,
    composition: row.household_comp,
  };
  const entries = Object.entries(known).filter(([, value]) => value !== undefined && value !== '');
  return { household: row.household_id!, ...Object.fromEntries(entries) };
}

function byDay<T>(items: readonly T[], timeOf: (item: T) => string): Map<EpochDay, T[]> {
  return Map.groupBy(items, item => parseDay(timeOf(item).slice(0, 10))!);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
