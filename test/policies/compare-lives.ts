/** What the fold says of labelled lives, in the labels' own words: line by line, so that a difference shows as one. */
import { formatDay, parseDay } from '@tierflow/customer/epoch-day';
import type { TopicCount } from '@tierflow/customer/policy';
import { type CustomerThen, foldUnderPolicy, type Place } from './fold-under-policy.ts';
import type { Label, LabelledLives } from './labelled-lives.ts';
import { recordText } from './record-text.ts';

export interface Lives extends Pick<LabelledLives, 'events' | 'labels' | 'lastDay' | 'programs'> {
  readonly policy: string;
  readonly place: Place;
}

export interface Compared {
  readonly told: readonly string[];
  readonly labelled: readonly string[];
}

/** Every record of the programs, and every label of one. */
export async function compareRecords({ policy, place, events, labels, lastDay, programs }: Lives): Promise<Compared> {
  const { records, rejections } = await foldUnderPolicy(policy, events, lastDay, place);
  if (rejections > 0) throw new Error(`${rejections} events were rejected`);
  return {
    told: records
      .filter(({ program }) => programs.includes(program))
      .map(record => `${formatDay(record.effectiveDay)} ${record.customerId}: ${recordText(record)}`)
      .sort(),
    labelled: labels
      .filter(({ kind }) => kind === 'record')
      .map(({ day, customer, text }) => `${day} ${customer}: ${text}`)
      .sort(),
  };
}

/** Standings and measures at the end of the day that a label names. */
export async function compareEndsOfDay({ policy, place, events, labels }: Lives): Promise<Compared> {
  const ends = labels.filter(({ kind }) => kind !== 'record');
  const told: string[] = [];
  for (const [day, ofDay] of Map.groupBy(ends, label => label.day)) {
    const { customers } = await foldUnderPolicy(policy, events, parseDay(day)!, place);
    told.push(...ofDay.map(label => said(label, valueThen(customers, label))));
  }
  return { told: told.sort(), labelled: ends.map(label => said(label, label.value)).sort() };
}

function said({ line, day, customer, text }: Label, value: string): string {
  return `line ${line}, ${day} ${customer}: ${text} ${value}`;
}

function valueThen(customers: ReadonlyMap<string, CustomerThen>, { customer, kind, text }: Label): string {
  const then = customers.get(customer);
  if (then === undefined) return 'not a customer';
  const value = kind === 'standing' ? then.standings[text]?.tier : then.measures[text];
  if (value === null) return kind === 'standing' ? 'none' : 'missing';
  return Array.isArray(value) ? value.map(topicText).join(', ') : String(value);
}

/** As conditions on topics show it in a change: `price 5 (+2)`. */
function topicText({ topic, count, change }: TopicCount): string {
  return `${topic} ${count} (${change === null || change < 0 ? change : `+${change}`})`;
}
