/** What intake, an import and the fold rejected: listed, shown, and mapped once more after the mapping was mended. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { purchaseLine } from './canonical-line.ts';
import { pipelineUnderTest } from './pipeline-under-test.ts';
import { SourceTopic } from './source-topic.ts';

let topic: SourceTopic;

const order = (id: string, customer: string, currency: string) =>
  JSON.stringify({ id, customer, total: '10.00', currency, at: '2024-03-01T10:00:00Z' });

function sourcesFile(rates: string): string {
  const file = join(pipeline().folder, 'sources.yaml');
  writeFileSync(
    file,
    `${rates}sources:
  shop:
    topic: ${topic.name}
    format: json
    events:
      - type: purchase
        customerId: customer
        occurredAt: at
        orderId: id
        amount: total
        currency: currency
`,
  );
  return file;
}

const pipeline = pipelineUnderTest('rejects', async opened => {
  topic = new SourceTopic(opened, 'orders');
  await topic.create(1);
  await opened.startTiering('tiering-1');
  await topic.write([
    { value: order('1', 'ann', 'GBP') },
    { value: order('2', 'ann', 'JPY') },
    { value: Buffer.from([0xff, 0xfe, 0x00]) },
    { value: order('3', 'bob', 'CHF') },
  ]);
});

afterAll(() => topic.drop());

interface Replay {
  readonly records: number;
  readonly accepted: number;
  readonly rejected: readonly { readonly id: string; readonly reason: string }[];
  readonly notReplayed: readonly { readonly origin: string; readonly reason: string }[];
}

const at = (offset: number) => `${topic.name}/0@${offset}`;

async function spendOf(customerId: string): Promise<unknown> {
  return (await pipeline().views()).get(customerId)?.measures.spend365;
}

test('rejections of a topic, a file and the log itself are listed with their reasons', async () => {
  await pipeline().startIntake('intake-1', sourcesFile(''));
  await topic.takenIn();
  const file = join(pipeline().folder, 'events.jsonl');
  writeFileSync(file, `${purchaseLine('cat', '1.00', { currency: 'XXQ' })}\n`);
  await pipeline().tierctl('import', '--mode', 'append', file);
  const offset = await pipeline().appendToLog(0, [{ key: 'dan', value: Buffer.from('no Avro') }]);
  await pipeline().drained();

  const lines = (await pipeline().tierctl('rejects', 'list', '--json')).trimEnd().split('\n');
  const listed = lines.map(line => JSON.parse(line) as { origin: string; reason: string });
  const expected = [
    [at(1), 'currencyWithoutRate'],
    [at(2), 'notUtf8'],
    [at(3), 'currencyWithoutRate'],
    [`${file}:1`, 'unknownCurrency'],
    [`${pipeline().topics.customerEvents}/0@${offset}`, 'unreadable'],
  ];
  expect(listed.map(({ origin, reason }) => [origin, reason]).sort()).toEqual(expected.sort());

  const chinese = await pipeline().tierctl(
    'rejects',
    'list',
    '--source',
    topic.name,
    '--since',
    '2024-01-01',
    '--lang',
    'zh',
  );
  expect(chinese).toContain('共 3 条拒收记录');
  expect(chinese).toMatch(/currencyWithoutRate\s+2/);
  expect(await pipeline().tierctl('rejects', 'show', `${at(2)}`, '--lang', 'en')).toContain('fffe00');
});

test('once the rate is known, a replay writes what is accepted and says of the rest why not', async () => {
  const sources = sourcesFile('rates: { JPY: [{ from: 2024-01-01, rate: "0.0052" }] }\n');
  const dry = await pipeline().tierctlJson<Replay>('rejects', 'replay', '--sources', sources, '--dry-run');
  expect(dry).toMatchObject({ records: 5, accepted: 1 });
  expect(await spendOf('ann')).toBe('10.00');

  const replay = await pipeline().tierctlJson<Replay>('rejects', 'replay', '--sources', sources);
  expect(replay).toEqual(dry);
  expect(replay.rejected.map(({ id, reason }) => [id.slice(0, at(2).length), reason])).toEqual([
    [at(2), 'notUtf8'],
    [at(3), 'currencyWithoutRate'],
  ]);
  expect(replay.notReplayed.map(({ reason }) => reason).sort()).toEqual(['file', 'log']);
  await pipeline().drained();
  // 10 yen are 5 pence at that rate.
  expect(await spendOf('ann')).toBe('10.05');
});

test('a second replay changes nothing, and a record that its topic has lost is told of', async () => {
  await topic.forgetBefore(3);
  const sources = sourcesFile(
    'rates: { JPY: [{ from: 2024-01-01, rate: "0.0052" }], CHF: [{ from: 2024-01-01, rate: "0.90" }] }\n',
  );
  const replay = await pipeline().tierctlJson<Replay>(
    'rejects',
    'replay',
    '--sources',
    sources,
    '--source',
    topic.name,
  );
  expect(replay).toMatchObject({ records: 3, accepted: 1, rejected: [] });
  expect(replay.notReplayed.map(({ origin, reason }) => [origin, reason])).toEqual([
    [at(1), 'gone'],
    [at(2), 'gone'],
  ]);
  await pipeline().tierctl('rejects', 'replay', '--sources', sources, at(3));
  await pipeline().drained();
  expect([await spendOf('ann'), await spendOf('bob')]).toEqual(['10.05', '9.00']);
});
