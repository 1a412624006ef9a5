/**
 * A policy's life on real servers, by the command line alone: compared, published, rolled out to some, taken back, rolled
 * out to all, sealed; and what two people get who want different things at once. Every test goes on where the one before
 * it ended.
 */
import { hash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatDay, parseDay } from '@tierflow/customer/epoch-day';
import { repositoryDir } from '@tierflow/local/paths';
import { expect, test } from 'vitest';
import { purchaseLine } from './canonical-line.ts';
import { type CommandResult, changesAmong, type Pipeline } from './pipeline.ts';
import { pipelineUnderTest } from './pipeline-under-test.ts';
import type { Service } from './service.ts';

const firstDay = parseDay('2024-03-01')!;
/** Customer n has spent n pounds. */
const customers = Array.from({ length: 60 }, (_, n) => `customer-${n + 1}`);

const firstPolicy = join(repositoryDir, 'test/e2e/policy-life.yaml');
let tiering: Service;

const pipeline = pipelineUnderTest(
  'policy-life',
  async opened => {
    tiering = await opened.startTiering('tiering-1');
    await opened.startConductor('conductor-1', { TIERFLOW_SESSION_TIMEOUT_MS: '2000' });
    await setClock(opened, 0);
    await importLines(
      opened,
      customers.map((id, i) => purchaseLine(id, `${i + 1}.00`, { occurredAt: '2024-03-01T10:00:00Z' })),
    );
  },
  firstPolicy,
  ['--slices', '8'],
);

async function setClock(of: Pipeline, daysLater: number): Promise<void> {
  await of.tierctl('clock', 'set', formatDay(firstDay + daysLater), '--wait');
  await of.drained();
}

async function importLines(to: Pipeline, lines: readonly string[]): Promise<void> {
  const file = join(to.folder, 'lines.jsonl');
  writeFileSync(file, lines.join('\n'));
  await to.tierctl('import', '--mode', 'append', file);
  await to.drained();
}

/** The first policy with another cut for gold, and whatever else is said. */
function policyFile(version: number, cut: string, change: (text: string) => string = text => text): string {
  const file = join(pipeline().folder, `policy-${version}-${cut}.yaml`);
  writeFileSync(file, change(policyText(version, cut)));
  return file;
}

function policyText(version: number, cut: string): string {
  return `
policy: life
version: ${version}
title: { en: Life ${version}, zh: 生命 ${version} }
measures:
  spend30: { op: sum, of: netSpend, window: P30D }
programs:
  value:
    kind: ladder
    title: { en: Value, zh: 价值 }
    demote: now
    tiers:
      - tier: gold
        title: { en: Gold, zh: 黄金 }
        when: { all: [spend30 >= ${cut}] }
      - tier: bronze
`;
}

/** Customers by the version that judges them and their tier: `1 gold` → 20. */
async function standings(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { policyVersion, standings } of (await pipeline().views()).values()) {
    const key = `${policyVersion} ${standings.value!.tier}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

interface StatusJson {
  readonly versions: readonly { readonly version: number; readonly following: number }[];
  readonly rollout: {
    readonly stage: string;
    readonly following: readonly number[];
    readonly rollout: { readonly actor: string; readonly reason: string; readonly policyVersion: number };
  } | null;
}

const status = () => pipeline().tierctlJson<StatusJson>('policy', 'status');

interface FlowJson {
  readonly programs: Readonly<
    Record<
      string,
      {
        readonly tiers: Readonly<Record<string, Readonly<Record<string, number | string | null>>>>;
        readonly moves: readonly Readonly<Record<string, unknown>>[];
        readonly directions: Readonly<Record<string, Readonly<Record<string, number>>>>;
      }
    >
  >;
  readonly days?: readonly { readonly day: string }[];
}

/** Which of two commands at once went through. */
function winnerOf(results: readonly [CommandResult, CommandResult]): { winner: 0 | 1; loser: CommandResult } {
  expect(results.map(({ code }) => code).sort()).toEqual([0, 1]);
  const winner = results[0].code === 0 ? 0 : 1;
  return { winner, loser: results[1 - winner]! };
}

test('a new version is compared with the one in force before anybody follows it', async () => {
  const second = policyFile(2, '31.00');
  const difference = await pipeline().tierctlJson('policy', 'diff', '1', second);
  expect(difference).toMatchObject({
    from: { version: 1 },
    to: { version: 2 },
    same: false,
    programs: {
      changed: {
        value: {
          tiers: { changed: { gold: [{ field: 'when', before: 'spend30 >= 41.00', after: 'spend30 >= 31.00' }] } },
        },
      },
    },
  });
  expect(await pipeline().tierctl('policy', 'diff', '1', second, '--lang', 'zh')).toMatch(/gold.*条件.*41\.00.*31\.00/);
  expect((await pipeline().tryTierctl('policy', 'diff', '1', '9')).stderr).toContain('version 9 is not published here');
});

test('a version is published once, for good, and only where the log can serve it', async () => {
  const second = policyFile(2, '31.00');
  expect(await pipeline().tierctlJson('policy', 'publish', second)).toMatchObject({ outcome: 'published', version: 2 });
  expect(await pipeline().tierctlJson('policy', 'publish', second)).toMatchObject({ outcome: 'known', version: 2 });

  const other = await pipeline().tryTierctl('policy', 'publish', policyFile(2, '32.00'));
  expect(other).toMatchObject({ code: 1 });
  expect(other.stderr).toContain('version 2 of life is taken by another content: life version 2, "Life 2", sha256:');

  const far = await pipeline().tryTierctl(
    ...['policy', 'publish', policyFile(3, '31.00', text => text.replace('P30D', 'P790D'))],
  );
  expect(far).toMatchObject({ code: 1 });
  expect(far.stderr).toMatch(/P790D reads 790 days back; a horizon of 800 days serves 769.*Shorten the window/s);

  expect((await status()).versions.map(({ version, following }) => [version, following])).toEqual([
    [1, 32],
    [2, 0],
  ]);
});

test('of two who publish different contents under one number, one is told who is there', async () => {
  const { loser } = winnerOf(
    await Promise.all([
      pipeline().tryTierctl('policy', 'publish', policyFile(3, '21.00')),
      pipeline().tryTierctl('policy', 'publish', policyFile(3, '22.00')),
    ]),
  );
  expect(loser.stderr).toContain('version 3 of life is taken by another content');
  const listed = (await pipeline().listedPolicies()).get('life');
  const known = await pipeline().tierctlJson<{ versions: { version: number; hash: string }[] }>('policy', 'status');
  expect(JSON.parse(listed!).version).toBe(3);
  expect(known.versions.map(({ hash: knownHash }) => knownHash).slice(2)).toEqual([
    `sha256:${hash('sha256', listed!)}`,
  ]);
});

test('a slice of each partition follows first; the status says who wanted it, and nobody else can begin', async () => {
  await setClock(pipeline(), 1);
  expect(await standings()).toEqual({ '1 gold': 20, '1 bronze': 40 });
  const directed = await pipeline().tierctlJson<{ outcome: string; rollout: StatusJson['rollout'] }>(
    ...['policy', 'activate', '2', '--slices', '1/8', '--actor', 'ann', '--reason', 'spring', '--watch'],
  );
  expect(directed).toMatchObject({ outcome: 'directed', rollout: { stage: 'partial', following: [1, 1, 1, 1] } });
  await pipeline().drained();
  const counts = await standings();
  expect((counts['2 gold'] ?? 0) + (counts['2 bronze'] ?? 0)).toBeGreaterThan(0);
  expect((counts['1 gold'] ?? 0) + (counts['1 bronze'] ?? 0)).toBeGreaterThan(30);

  const told = await pipeline().tierctl('policy', 'status', '--lang', 'zh');
  expect(told).toContain('第 2 次发布：版本 2，覆盖分片 1/8，由 ann 发起（spring）');
  const refused = await pipeline().tryTierctl('policy', 'activate', '3', '--actor', 'ben', '--lang', 'en');
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('another roll-out is under way — roll-out 2: version 2 in 1/8 slices');
  expect(refused.stderr).toContain('talk to ann');
  const early = await pipeline().tryTierctl('policy', 'seal', '--lang', 'en');
  expect(early.code).toBe(1);
  expect(early.stderr).toContain('only 4 of 32 slices follow it');
});

test('rolled back, everybody stands as before', async () => {
  const directed = await pipeline().tierctlJson('policy', 'rollback', '--actor', 'ann', '--watch');
  expect(directed).toMatchObject({ outcome: 'directed', rollout: { stage: 'rolledBack' } });
  await pipeline().drained();
  expect(await standings()).toEqual({ '1 gold': 20, '1 bronze': 40 });
  expect(await pipeline().tierctlJson('policy', 'rollback')).toMatchObject({ outcome: 'unchanged' });
});

test('of two who activate different versions at once one wins, and the other is told who', async () => {
  const wishes = [
    { version: 2, actor: 'cleo' },
    { version: 3, actor: 'dan' },
  ] as const;
  const results = await Promise.all(
    wishes.map(({ version, actor }) =>
      pipeline().tryTierctl('policy', 'activate', String(version), '--actor', actor, '--lang', 'en'),
    ),
  );
  const { winner, loser } = winnerOf([results[0]!, results[1]!]);
  const { version, actor } = wishes[winner];
  expect(loser.stderr).toContain(`version ${version} in 8/8 slices of each partition, by ${actor}`);

  await pipeline().tierctl('policy', 'status', '--watch');
  expect(await status()).toMatchObject({ rollout: { stage: 'complete', rollout: { actor, policyVersion: version } } });
  await pipeline().drained();
  const gold = version === 2 ? 30 : null;
  const counts = await standings();
  expect(Object.keys(counts).sort()).toEqual([`${version} bronze`, `${version} gold`]);
  if (gold !== null) expect(counts[`${version} gold`]).toBe(gold);
});

test('sealed, there is no way back, and the flow says what the roll-out did', async () => {
  expect(await pipeline().tierctlJson('policy', 'seal')).toMatchObject({
    outcome: 'directed',
    rollout: { stage: 'sealed' },
  });
  const refused = await pipeline().tryTierctl('policy', 'rollback', '--lang', 'en');
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('activate the former version anew: `tierctl policy activate 1`');

  const counts = await standings();
  const gold = Object.entries(counts).find(([key]) => key.endsWith('gold'))![1];
  const second = await pipeline().tierctlJson<FlowJson>('flow', '--from', '2024-03-02', '--daily');
  const { tiers, directions, moves } = second.programs.value!;
  expect(tiers).toMatchObject({
    gold: { opening: 20, closing: gold, orders: 0, netSpend: '0.00' },
    bronze: { opening: 40, closing: 60 - gold },
  });
  for (const tier of Object.values(tiers)) {
    expect(tier.closing).toBe(Number(tier.opening) + Number(tier.in) - Number(tier.out));
  }
  // The first slices went there and back before all of them went there.
  const policyMoves = changesAmong((await pipeline().tierChanges()).flat()).filter(({ cause }) => cause === 'policy');
  expect(directions.up).toEqual({ policy: policyMoves.filter(({ direction }) => direction === 'up').length });
  expect(moves.every(({ cause }) => cause === 'policy')).toBe(true);
  expect(second.days!.map(({ day }) => day)).toEqual(['2024-03-02']);

  const first = await pipeline().tierctlJson<FlowJson>('flow', '--from', '2024-02-20', '--to', '2024-03-01');
  expect(first.programs.value!.tiers).toMatchObject({
    gold: { opening: 0, closing: 20 },
    bronze: { opening: 0, closing: 40 },
  });
  const orders = Object.values(first.programs.value!.tiers).map(tier => Number(tier.orders));
  expect(orders.reduce((sum, each) => sum + each, 0)).toBe(60);
  expect(await pipeline().tierctl('flow', '--daily', '--lang', 'zh')).toMatch(/价值[\s\S]*期初[\s\S]*黄金[\s\S]*逐日/);
});

test('without tiering it says so instead of waiting for ever, and what was written counts later', async () => {
  await tiering.process.stop();
  const directed = await pipeline().tryTierctl(
    ...['policy', 'activate', '1', '--slices', '1', '--timeout-seconds', '3', '--actor', 'eve', '--lang', 'en'],
  );
  expect(directed.code).toBe(1);
  expect(directed.stderr).toContain('tiering is still behind the log after 3 s');
  expect(directed.stderr).toContain('what you asked for is written, and counts once tiering goes on');

  tiering = await pipeline().startTiering('tiering-2');
  await pipeline().drained();
  await pipeline().tierctl('policy', 'status', '--watch');
  expect(await status()).toMatchObject({ rollout: { stage: 'partial', rollout: { actor: 'eve', policyVersion: 1 } } });
});
