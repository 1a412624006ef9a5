/**
 * A day as the records of four foreign systems: a checkout, marketing, a household register and a survey. Their shapes
 * are theirs; deploy/samples/complete-journey/sources.yaml tells intake how to read them.
 */
import { formatDay } from '@tierflow/customer/epoch-day';
import { DateTime } from 'luxon';
import {
  type Answer,
  type Basket,
  type Campaign,
  type Profile,
  type Redemption,
  type SampleDay,
  shopZone,
  totalCentsOf,
} from './sample-day.ts';

export const sourceTopics = ['purchases', 'interactions', 'profiles', 'feedback'] as const;
export type SourceTopic = (typeof sourceTopics)[number];

export interface ForeignRecord {
  readonly topic: SourceTopic;
  readonly key: string;
  readonly value: object;
  /** Whom it is about. */
  readonly households: readonly string[];
}

/** Marketing sends no more contacts than this in one record. */
const contactsPerRecordMax = 100;

/** What is known in the morning comes first. */
export function foreignRecordsOf({ day, ...of }: SampleDay): ForeignRecord[] {
  const date = formatDay(day);
  return [
    ...of.profiles.map(profile => profileChanged(profile, date)),
    ...of.campaigns.flatMap(campaign => campaignSent(campaign, date)),
    ...of.redemptions.map(redemption => couponRedeemed(redemption, date)),
    ...of.baskets.map(basketPaid),
    ...of.answers.map(surveyAnswered),
  ];
}

function basketPaid(basket: Basket): ForeignRecord {
  const { id, household, store, at, lines } = basket;
  const value = {
    store: { id: Number(store), channel: 'shop' },
    basket: {
      id: Number(id),
      household: Number(household),
      at,
      total: totalCentsOf(basket) / 100,
      lines: lines.map(({ product, quantity, valueCents }) => ({ product, quantity, value: valueCents / 100 })),
    },
  };
  return { topic: 'purchases', key: household, value, households: [household] };
}

function campaignSent({ id, type, households }: Campaign, sentOn: string): ForeignRecord[] {
  const records: ForeignRecord[] = [];
  for (let from = 0; from < households.length; from += contactsPerRecordMax) {
    const reached = households.slice(from, from + contactsPerRecordMax);
    const contacts = reached.map(household => ({ household: Number(household) }));
    const value = { campaign: { id: Number(id), type }, sentOn, contacts };
    records.push({ topic: 'interactions', key: `campaign-${id}`, value, households: reached });
  }
  return records;
}

function couponRedeemed({ household, coupon, campaign }: Redemption, on: string): ForeignRecord {
  const value = { redemption: { household: Number(household), coupon, campaign: Number(campaign), on } };
  return { topic: 'interactions', key: household, value, households: [household] };
}

function profileChanged({ household, age, income, ownership, people, composition }: Profile, on: string) {
  const changedAt = DateTime.fromISO(on, { zone: shopZone }).toISO({ suppressMilliseconds: true });
  const value = { household: Number(household), changedAt, age, income, home: { ownership, people, composition } };
  return { topic: 'profiles', key: household, value, households: [household] } as const;
}

function surveyAnswered({ id, household, at, stars, about, isComplaint }: Answer): ForeignRecord {
  const answeredAt = DateTime.fromISO(at, { zone: shopZone }).toUnixInteger();
  const answer = { id, from: Number(household), at: answeredAt, stars, about, complaint: isComplaint };
  return { topic: 'feedback', key: household, value: { synthetic: true, answer }, households: [household] };
}
