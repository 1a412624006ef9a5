/** Each shipped policy does with the labelled lives what their labels say, on the very day and nothing besides. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatDay, parseDay } from '@tierflow/customer/epoch-day';
import type { TopicCount } from '@tierflow/customer/policy';
import { repositoryDir } from '@tierflow/local/paths';
import { describe, expect, test } from 'vitest';
import { type CustomerThen, foldUnderPolicy } from './fold-under-policy.ts';
import { type Label, readLives } from './labelled-lives.ts';
import { recordText } from './record-text.ts';

const folder = join(import.meta.dirname, 'lives');
const policies = join(repositoryDir, 'deploy/policies');
const files = readdirSync(folder).filter(name => name.endsWith('.md') && name !== 'README.md');

test('every shipped policy has lives', () => {
  const shipped = readdirSync(policies).filter(name => name.endsWith('.yaml'));
  expect([...new Set(files.map(file => readLives(join(folder, file)).policyFile))].sort()).toEqual(shipped.sort());
});

describe.each(files)('%s', file => {
  const { policyFile, place, programs, events, labels, lastDay } = readLives(join(folder, file));
  const policy = readFileSync(join(policies, policyFile), 'utf8');
  const foldThrough = (day: number) => foldUnderPolicy(policy, events, day, place);

  test('every record is labelled, and every label is a record', async () => {
    const { records, rejections } = await foldThrough(lastDay);
    expect(rejections).toBe(0);
    const told = records
      .filter(({ program }) => programs.includes(program))
      .map(record => `${formatDay(record.effectiveDay)} ${record.customerId}: ${recordText(record)}`);
    const labelled = labels
      .filter(({ kind }) => kind === 'record')
      .map(({ day, customer, text }) => `${day} ${customer}: ${text}`);
    expect(told.sort()).toEqual(labelled.sort());
  });

  test('standings and measures are what the labels say at the end of their day', async () => {
    const standing = labels.filter(({ kind }) => kind !== 'record');
    const seen: string[] = [];
    for (const [day, ofDay] of Map.groupBy(standing, ({ day }) => day)) {
      const { customers } = await foldThrough(parseDay(day)!);
      seen.push(...ofDay.map(label => said(label, standsThen(customers, label))));
    }
    expect(seen.sort()).toEqual(standing.map(label => said(label, label.value)).sort());
  });

  function said({ line, day, customer, text }: Label, value: string): string {
    return `${file}:${line} ${day} ${customer}: ${text} ${value}`;
  }
});

function standsThen(customers: ReadonlyMap<string, CustomerThen>, { customer, kind, text }: Label): string {
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
