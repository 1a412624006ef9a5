/** What operators decide about single customers: a tier for a while, and to be forgotten. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatDay } from '@tierflow/customer/epoch-day';
import { expect, test } from 'vitest';
import { line, purchaseLine } from './canonical-line.ts';
import { changesAmong, type Pipeline } from './pipeline.ts';
import { pipelineUnderTest } from './pipeline-under-test.ts';

const actor = { actor: 'ann', reason: 'agreed with sales' };
const on = (day: number) => ({ occurredAt: `2024-03-0${day}T10:00:00Z` });

function override(day: number, customerId: string, kind: string, tier: string, until?: string): string {
  return line('override', customerId, { ...on(day), ...actor, program: 'value', kind, tier, until });
}

const pipeline = pipelineUnderTest('overrides', async opened => {
  await opened.startTiering('tiering-1');
  await importLines(opened, 'decisions.jsonl', [
    ...['pinned', 'floored', 'kept', 'forgotten'].map(id => purchaseLine(id, '400.00', on(1))),
    purchaseLine('capped', '6000.00', on(1)),
    override(2, 'pinned', 'pin', 'gold', '2024-03-05'),
    override(2, 'floored', 'floor', 'gold'),
    override(2, 'capped', 'cap', 'silver'),
    override(3, 'forgotten', 'floor', 'platinum'),
    // Beyond the last day of the pin, so that its end is an effect of time alone.
    purchaseLine('kept', '1.00', on(7)),
    line('overrideEnd', 'floored', { ...on(7), ...actor, program: 'value' }),
    line('overrideEnd', 'capped', { ...on(8), ...actor, program: 'value' }),
    line('forget', 'forgotten', { ...on(8), ...actor }),
  ]);
});

async function importLines(to: Pipeline, name: string, lines: readonly string[]): Promise<void> {
  const file = join(to.folder, name);
  writeFileSync(file, lines.join('\n'));
  expect(await to.tierctlJson('import', file)).toMatchObject({ read: lines.length, written: lines.length });
  await to.drained();
}

/** `day from → to (cause)` of every change of a customer in a program. */
async function changesOf(customerId: string, program = 'value'): Promise<string[]> {
  const changes = changesAmong((await pipeline().tierChanges()).flat());
  return changes
    .filter(change => change.customerId === customerId && change.program === program)
    .map(({ effectiveDay, from, to, cause }) => `${formatDay(effectiveDay)} ${from} → ${to} (${cause})`);
}

test('a pin holds through its last day, and time ends it', async () => {
  expect(await changesOf('pinned')).toEqual([
    '2024-03-01 null → silver (facts)',
    '2024-03-02 silver → gold (override)',
    '2024-03-06 gold → silver (override)',
  ]);
});

test('a floor lifts and a cap holds down until each is ended', async () => {
  expect(await changesOf('floored')).toEqual([
    '2024-03-01 null → silver (facts)',
    '2024-03-02 silver → gold (override)',
    '2024-03-07 gold → silver (override)',
  ]);
  expect(await changesOf('capped')).toEqual([
    '2024-03-01 null → platinum (facts)',
    '2024-03-02 platinum → silver (override)',
    '2024-03-08 silver → platinum (override)',
  ]);
});

test('a change names the decision that caused it', async () => {
  const changes = changesAmong((await pipeline().tierChanges()).flat());
  const lifted = changes.find(({ customerId, cause }) => customerId === 'floored' && cause === 'override');
  expect(lifted?.trigger).toMatchObject({ type: 'StandingOverridden', source: 'shop' });
});

test('whoever is forgotten leaves every standing, every key and a tombstone; a later fact opens a new customer', async () => {
  expect(await changesOf('forgotten')).toEqual([
    '2024-03-01 null → silver (facts)',
    '2024-03-03 silver → platinum (override)',
    '2024-03-08 platinum → null (erasure)',
  ]);
  expect(await changesOf('forgotten', 'lifecycle')).toEqual([
    '2024-03-01 null → new (facts)',
    '2024-03-08 new → null (erasure)',
  ]);
  expect((await pipeline().customerTiers()).get('forgotten')).toBeNull();
  expect(await pipeline().tracesInRedis('forgotten')).toEqual([]);
  expect(await pipeline().tracesInRedis('kept')).toHaveLength(3);

  await importLines(pipeline(), 'later.jsonl', [purchaseLine('forgotten', '10.00', on(9))]);

  // Neither the floor nor the purchase of before count any more.
  expect((await changesOf('forgotten')).slice(3)).toEqual(['2024-03-09 null → bronze (facts)']);
  const view = (await pipeline().views()).get('forgotten');
  expect(view).toMatchObject({ standings: { value: { tier: 'bronze' } }, measures: { spend365: '10.00' } });
  expect((await pipeline().customerTiers()).get('forgotten')?.standings).toContainEqual(
    expect.objectContaining({ program: 'value', tier: 'bronze' }),
  );
});

test('a decision on a tier or program that is none is refused and changes nothing', async () => {
  await importLines(pipeline(), 'wrong.jsonl', [
    override(9, 'kept', 'pin', 'diamond'),
    line('override', 'kept', { ...on(9), ...actor, program: 'worth', kind: 'pin', tier: 'gold' }),
  ]);
  const rejected = await pipeline().rejectedEvents();
  expect(rejected.map(({ reason }) => reason).sort()).toEqual(['unknownProgram', 'unknownTier']);
  expect(await changesOf('kept')).toEqual(['2024-03-01 null → silver (facts)']);
});
