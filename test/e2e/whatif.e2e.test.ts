/**
 * What a policy would change, against what it does change: predicted from the log of a real shop, then activated for real.
 * Every test goes on where the one before it ended.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { TierChanged, TierRecord } from '@tierflow/customer/changes';
import { parseDay } from '@tierflow/customer/epoch-day';
import { repositoryDir } from '@tierflow/local/paths';
import { expect, test } from 'vitest';
import { expectSameAsFold } from './backtest.ts';
import { type Pipeline, samplePolicy } from './pipeline.ts';
import { pipelineUnderTest } from './pipeline-under-test.ts';

const sample = join(repositoryDir, 'deploy/samples/online-retail/events.jsonl.gz');
/** Seven months are enough for a population to be ranked. */
const lastDay = '2011-06-30';
let customerCount = 0;

const pipeline = pipelineUnderTest('whatif', async opened => {
  await Promise.all(['tiering-1', 'tiering-2'].map(name => opened.startTiering(name)));
  const events = join(opened.folder, 'events.jsonl');
  writeFileSync(events, linesThrough(lastDay).join('\n'));
  await opened.tierctl('import', '--mode', 'history', events);
  await opened.startConductor('conductor-1', { TIERFLOW_SESSION_TIMEOUT_MS: '2000' });
  await opened.drained();
  customerCount = (await opened.views()).size;
});

function linesThrough(day: string): string[] {
  const lines = gunzipSync(readFileSync(sample)).toString().split('\n');
  return lines.filter(line => line !== '' && parseDay(JSON.parse(line).occurredAt.slice(0, 10))! <= parseDay(day)!);
}

interface Group {
  readonly customers: number;
  readonly revenue: string;
}

interface PredictionJson {
  readonly asOf: string;
  readonly base: Group;
  readonly rollout: { readonly version: number; readonly following: number } | null;
  readonly programs: Readonly<Record<string, ProgramJson>>;
}

interface ProgramJson {
  readonly population: Readonly<Record<'before' | 'after', Readonly<Record<string, number>>>>;
  readonly matrix: readonly (Group & { readonly from: string | null; readonly to: string | null })[];
  readonly winners: Group;
  readonly losers: Group;
  readonly topLosers: readonly { readonly customerId: string; readonly revenue: string }[];
  readonly notifications: Readonly<Record<'changes' | 'renewals' | 'expiring' | 'approaching', number>>;
  readonly playbookCost: { readonly before: string | null; readonly after: string | null } | null;
  readonly cuts: { readonly after: { readonly calibrated: object | null; readonly axes: object } } | null;
}

interface Predicted extends PredictionJson {
  readonly records: readonly TierRecord[];
}

let runs = 0;

/** From the live log, with a Redis that nobody could reach. */
async function whatIf(file: string, ...args: readonly string[]): Promise<Predicted> {
  const out = join(pipeline().folder, `whatif-${++runs}`);
  const { REDIS_URL } = pipeline().environment;
  pipeline().environment.REDIS_URL = 'redis://127.0.0.1:1';
  try {
    const prediction = await pipeline().tierctlJson<PredictionJson>('whatif', '--policy', file, '--out', out, ...args);
    const lines = readFileSync(join(out, 'changes.jsonl'), 'utf8').split('\n');
    return { ...prediction, records: lines.filter(line => line !== '').map(line => JSON.parse(line)) };
  } finally {
    pipeline().environment.REDIS_URL = REDIS_URL;
  }
}

/** All that is emitted while the work is done. */
async function emittedBy(work: () => Promise<unknown>): Promise<TierRecord[]> {
  const before = await pipeline().tierChanges();
  await work();
  await pipeline().drained();
  const after = await pipeline().tierChanges();
  return after.flatMap((records, partition) => records.slice(before[partition]!.length).map(({ record }) => record));
}

/** Every record in full but for the time of writing, customer by customer. */
function comparable(records: readonly TierRecord[]): object[] {
  const key = ({ customerId, revision }: TierRecord) => `${customerId} ${String(revision).padStart(9, '0')}`;
  return records
    .toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
    .map(record => JSON.parse(JSON.stringify({ ...record, recordedAt: undefined })));
}

function fileOf(version: number, text: string): string {
  const file = join(pipeline().folder, `policy-${version}.yaml`);
  writeFileSync(file, text);
  return file;
}

/** The sample with other thresholds, and with what its playbooks cost. */
function thresholds(version: number): string {
  const text = readFileSync(samplePolicy, 'utf8')
    .replace('version: 1', `version: ${version}`)
    .replace('spend365 >= 5000.00', 'spend365 >= 4000.00')
    .replace('spend365 >= 300.00', 'spend365 >= 450.00')
    .replace('orders365 >= 2]', 'orders365 >= 3]')
    .replace('- tier: gold', '- tier: gold\n        playbookCost: "40.00"');
  return fileOf(version, text);
}

function pyramid(version: number, topShare: string, deadBandPercent = 1): string {
  const tiers = [
    `{ tier: platinum, share: "${topShare}", from: "5000.00", title: { en: Platinum, zh: 白金 } }`,
    '{ tier: gold, share: "9", from: "1500.00", title: { en: Gold, zh: 黄金 } }',
    '{ tier: silver, share: "30", from: "300.00", title: { en: Silver, zh: 白银 } }',
    '{ tier: bronze, title: { en: Bronze, zh: 青铜 } }',
  ];
  return fileOf(
    version,
    `
policy: retail-ladder
version: ${version}
measures:
  spend365: { op: sum, of: netSpend, window: P365D }
  orders365: { op: count, of: purchase, window: P365D }
programs:
  value:
    kind: ladder
    by: pyramid
    pyramid: { measure: spend365 }
    population: { among: { all: [orders365 >= 1] }, deadBandPercent: ${deadBandPercent} }
    demote: now
    tiers:
${tiers.map(tier => `      - ${tier}`).join('\n')}
`,
  );
}

async function activate(of: Pipeline, version: number, file: string): Promise<void> {
  await of.tierctl('policy', 'publish', file);
  await of.tierctl('policy', 'activate', String(version), '--watch');
}

/** Everybody is in the matrix, its changes are those that were emitted, and the columns are who stands there now. */
async function expectConsistent({ base, programs, records }: Predicted): Promise<void> {
  expect(base.customers).toBe(customerCount);
  const views = [...(await pipeline().views()).values()];
  for (const [name, { matrix, population, notifications }] of Object.entries(programs)) {
    expect(matrix.reduce((sum, { customers }) => sum + customers, 0)).toBe(customerCount);
    const moved = matrix.filter(({ from, to }) => from !== to).reduce((sum, { customers }) => sum + customers, 0);
    const changes = records.filter(
      (record): record is TierChanged => record.type === 'TierChanged' && record.program === name,
    );
    expect(moved).toBe(changes.length);
    expect(notifications.changes).toBe(changes.length);
    const standing: Record<string, number> = {};
    for (const { standings } of views) {
      const tier = standings[name]?.tier ?? null;
      if (tier !== null) standing[tier] = (standing[tier] ?? 0) + 1;
    }
    expect(Object.fromEntries(Object.entries(population.after).filter(([, count]) => count > 0))).toEqual(standing);
  }
}

test('other thresholds change what was predicted, customer by customer, and nothing else', async () => {
  const file = thresholds(2);
  const svg = join(pipeline().folder, 'thresholds.svg');
  const logBefore = (await pipeline().logRecords()).map(records => records.length);
  const predicted = await whatIf(file, '--svg', svg, '--lang', 'zh');
  expect((await pipeline().logRecords()).map(records => records.length)).toEqual(logBefore);
  expect(readFileSync(svg, 'utf8')).toContain('白金');
  expect(predicted).toMatchObject({ asOf: lastDay, rollout: null });

  const emitted = await emittedBy(() => activate(pipeline(), 2, file));
  expect(comparable(predicted.records)).toEqual(comparable(emitted));
  const { winners, losers, playbookCost, topLosers } = predicted.programs.value!;
  expect(winners.customers).toBeGreaterThan(10);
  expect(losers.customers).toBeGreaterThan(10);
  expect(playbookCost).toMatchObject({ before: null, after: expect.stringMatching(/^\d+\.00$/) });
  expect(topLosers).toHaveLength(10);
  await expectConsistent(predicted);
});

test('a pyramid takes its cuts from everybody, in the prediction as in the activation', async () => {
  await pipeline().tierctl('policy', 'seal');
  await pipeline().drained();
  const file = pyramid(3, '1');
  const views = await pipeline().views();
  const predicted = await whatIf(file, '--top', '100000');
  const { topLosers, losers } = predicted.programs.value!;
  // What is at stake is what the customers' views say they spent.
  expect(topLosers).toHaveLength(losers.customers);
  for (const { customerId, revenue } of topLosers) expect(revenue).toBe(views.get(customerId)!.measures.spend365);
  expect(predicted.programs.value!.cuts).toMatchObject({
    before: null,
    after: { calibrated: { asOf: lastDay, of: expect.any(Number) } },
  });

  const emitted = await emittedBy(() => activate(pipeline(), 3, file));
  expect(emitted.length).toBeGreaterThan(customerCount);
  expect(comparable(predicted.records)).toEqual(comparable(emitted));
  await expectConsistent(predicted);
});

test('during a roll-out, another policy is refused, and the rest of this one is predicted', async () => {
  await pipeline().tierctl('policy', 'seal');
  await pipeline().drained();
  const file = pyramid(4, '3');
  await pipeline().tierctl('policy', 'publish', file);
  await pipeline().tierctl('policy', 'activate', '4', '--slices', '1/4', '--watch');
  await pipeline().drained();

  const refused = await pipeline().tryTierctl('whatif', '--policy', thresholds(5));
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('another roll-out is under way');
  const taken = await pipeline().tryTierctl('whatif', '--policy', fileOf(4, readFileSync(thresholds(4), 'utf8')));
  expect(taken.code).toBe(1);
  expect(taken.stderr).toContain('version 4 of retail-ladder is taken by another content');

  const again = pyramid(4, '3');
  const predicted = await whatIf(again);
  expect(predicted.rollout).toMatchObject({ version: 4, following: 16 });
  const emitted = await emittedBy(() => pipeline().tierctl('policy', 'activate', '4', '--watch'));
  expect(emitted.length).toBeGreaterThan(10);
  expect(comparable(predicted.records)).toEqual(comparable(emitted));
  await expectConsistent(predicted);
});

test('the exported log gives the same prediction, and all that was conducted is in it', async () => {
  await pipeline().tierctl('policy', 'seal');
  await pipeline().drained();
  const log = join(pipeline().folder, 'log.jsonl.gz');
  await pipeline().tierctl('export', '--from-beginning', '--out', log);
  const file = thresholds(5);
  const live = await whatIf(file);
  const exported = await whatIf(file, '--from', log);
  expect(exported).toEqual(live);
  expect(live.records.length).toBeGreaterThan(customerCount);
  await expectSameAsFold(pipeline());
});
