/** A key-account spreadsheet and its orders, from dry run to explanation; twice, and with rows that are wrong. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryDir } from '@tierflow/local/paths';
import { expect, test } from 'vitest';
import { samplePolicy } from './pipeline.ts';
import { pipelineUnderTest } from './pipeline-under-test.ts';

const sample = join(repositoryDir, 'deploy/samples/key-accounts');
const mapping = join(sample, 'sources.yaml');
const accounts = join(sample, 'accounts.xlsx');
const orders = join(sample, 'orders.csv');
const deployment = ['--zone', 'Asia/Shanghai', '--currency', 'CNY'] as const;

const pipeline = pipelineUnderTest('import-tables', async opened => {
  await opened.tierctl('init', '--fresh', '--yes', '--policy', samplePolicy, ...deployment);
  await opened.startTiering('tiering-1');
});

interface Summary {
  readonly read: number;
  readonly written: number;
  readonly rejected: Readonly<Record<string, number>>;
  readonly days: number;
}

interface Explained {
  readonly standings: readonly { readonly program: string; readonly tier: string }[];
}

function importTable(file: string, ...options: readonly string[]): Promise<Summary> {
  return pipeline().tierctlJson('import', '--mapping', mapping, file, ...options);
}

test('a dry run tells what a table gives and writes nothing', async () => {
  const { stdout, code } = await pipeline().tryTierctl(
    'import',
    '--mapping',
    mapping,
    accounts,
    '--dry-run',
    '2',
    '--lang',
    'zh',
  );
  expect(code).toBe(0);
  expect(stdout).toContain('accounts.xlsx：读取 12 行数据，得到 22 个事件，拒收 0 条');
  expect(stdout).toContain('region=华东');
  expect(stdout).toContain('1880.50 CNY');
  expect(await pipeline().views()).toEqual(new Map());
});

test('accounts and orders become profiles, purchases and refunds', async () => {
  expect(await importTable(accounts)).toMatchObject({ read: 12, written: 22, rejected: {}, days: 0 });
  expect(await importTable(orders)).toMatchObject({ read: 16, written: 16, rejected: {}, days: 0 });
  await pipeline().drained();

  const views = await pipeline().views();
  expect(views.size).toBe(12);
  const spend = (id: string) => views.get(id)!.measures.spend365;
  // 1880.50 of the first order, 1250.00, and 250.00 of it given back.
  expect(spend('K0001')).toBe('2880.50');
  // 2699.99, 480.00 USD before the rate changed and 350.00 USD after.
  expect(spend('K0009')).toBe('8674.69');
  expect(spend('K0011')).toBe('0.00');

  const explained = await pipeline().tierctlJson<Explained>('explain', 'K0009');
  expect(explained.standings).toContainEqual(expect.objectContaining({ program: 'value', tier: 'platinum' }));
  expect(JSON.stringify(explained)).toContain('医药');
  expect(JSON.stringify(explained)).not.toContain('松源');
});

test('the same tables again change nothing', async () => {
  const before = { views: await pipeline().views(), changes: await pipeline().tierChanges() };
  await importTable(accounts);
  await importTable(orders);
  await pipeline().drained();
  expect({ views: await pipeline().views(), changes: await pipeline().tierChanges() }).toEqual(before);
});

test('a table with a row added above counts that row alone', async () => {
  const [header, ...rows] = readFileSync(orders, 'utf8').trimEnd().split('\n');
  const file = join(pipeline().folder, 'orders.csv');
  writeFileSync(file, [header, 'A-2001,K0011,order,2025-05-20 10:00,99.00,CNY,web,', ...rows].join('\n'));
  await importTable(file);
  await pipeline().drained();
  const views = await pipeline().views();
  expect(views.get('K0011')!.measures.spend365).toBe('99.00');
  expect(views.get('K0001')!.measures.spend365).toBe('2880.50');
});

test('rows that cannot be accepted are told of by file, row and column, and the others count', async () => {
  const [header] = readFileSync(orders, 'utf8').split('\n');
  const file = join(pipeline().folder, 'bad-orders.csv');
  const rows = [
    'B-1,K0012,order,2025-05-21 10:00,10.00,CNY,web,',
    'B-2,K0012,order,2025-05-21 10:00,10.00,EUR,web,',
    'B-3,,order,2025-05-21 10:00,10.00,CNY,web,',
    'B-4,K0012,order,21.05.2025,10.00,CNY,web,',
    'B-5,K0012,order,2025-05-21 10:00,ten,CNY,web,',
    'B-6,K0012,order,2025-05-21 10:00,0.00,CNY,web,',
  ];
  writeFileSync(file, [header, ...rows].join('\n'));

  const dry = await pipeline().tryTierctl('import', '--mapping', mapping, file, '--dry-run', '--json');
  expect(dry.code).toBe(1);
  const expected = [
    ['bad-orders.csv:3', 'currencyWithoutRate'],
    ['bad-orders.csv:4', 'missingField'],
    ['bad-orders.csv:5', 'badTime'],
    ['bad-orders.csv:6', 'badAmount'],
    ['bad-orders.csv:7', 'amountNotPositive'],
  ];
  const { rejected } = JSON.parse(dry.stdout) as { rejected: { origin: string; reason: string; message: string }[] };
  expect(rejected.map(({ origin, reason }) => [origin, reason])).toEqual(expected);
  expect(rejected[3]!.message).toContain('"ten"');

  expect(await importTable(file)).toMatchObject({ read: 6, written: 1 });
  expect((await pipeline().rejectedEvents()).map(({ origin, reason }) => [origin, reason])).toEqual(expected);
});

test('a table that cannot be read for certain is refused as a whole, with its lines', async () => {
  const file = join(pipeline().folder, 'ragged.csv');
  cpSync(join(repositoryDir, 'test/fixtures/tables/ragged.csv'), file);
  const english = await pipeline().tryTierctl('import', '--mapping', mapping, file, '--lang', 'en');
  expect(english.code).toBe(1);
  expect(english.stderr).toContain('ragged.csv:3  The row has 4 fields, the header 3.');
  const chinese = await pipeline().tryTierctl('import', '--mapping', mapping, file, '--lang', 'zh');
  expect(chinese.stderr).toContain('ragged.csv:4  该行有 2 个字段，表头有 3 个。');
});
