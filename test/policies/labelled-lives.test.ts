/** Each shipped policy does with the labelled lives what their labels say, on the very day and nothing besides. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryDir } from '@tierflow/local/paths';
import { describe, expect, test } from 'vitest';
import { compareEndsOfDay, compareRecords } from './compare-lives.ts';
import { readLives } from './labelled-lives.ts';

const folder = join(import.meta.dirname, 'lives');
const policies = join(repositoryDir, 'deploy/policies');
const files = readdirSync(folder).filter(name => name.endsWith('.md') && name !== 'README.md');

test('every shipped policy has lives', () => {
  const shipped = readdirSync(policies).filter(name => name.endsWith('.yaml'));
  expect([...new Set(files.map(file => readLives(join(folder, file)).policyFile))].sort()).toEqual(shipped.sort());
});

describe.each(files)('%s', file => {
  const read = readLives(join(folder, file));
  const lives = { ...read, policy: readFileSync(join(policies, read.policyFile), 'utf8') };

  test('every record is labelled, and every label is a record', async () => {
    const { told, labelled } = await compareRecords(lives);
    expect(told).toEqual(labelled);
  });

  test('standings and measures are what the labels say at the end of their day', async () => {
    const { told, labelled } = await compareEndsOfDay(lives);
    expect(told).toEqual(labelled);
  });
});
