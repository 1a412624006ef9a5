/** Cuts that follow the population: taken as a history goes by, kept in its export, and taken anew for another policy. */
import { formatLogLine } from '@tierflow/config/canonical/log-line';
import { parseCanonicalLine } from '@tierflow/config/canonical/parse-canonical-line';
import { openLog, parseDeployment } from '@tierflow/config/deployment';
import { parsePolicy } from '@tierflow/config/policy/parse-policy';
import type { TierRecord } from '@tierflow/customer/changes';
import { formatDay, parseDay } from '@tierflow/customer/epoch-day';
import type { Control, CustomerEvent, LogRecord, PolicyPublished } from '@tierflow/customer/events';
import { dayOpening, logOpening } from '@tierflow/processor/day-opening';
import { partitionOf } from '@tierflow/processor/partition-of';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DayBuckets } from '../business-days.ts';
import type { Line } from '../line-source.ts';
import type { BacktestLog, Conduct, LogPiece } from './backtest-log.ts';
import { exportedLog } from './exported-log.ts';
import { type FoldedPartition, foldLog } from './fold-log.ts';
import { historicalLog } from './historical-log.ts';
import { reconductedLog } from './reconducted-log.ts';

const firstDay = parseDay('2024-01-01')!;
const days = 9;

function genesisOf(partitions: number) {
  const parsed = parseDeployment({ partitions, slices: 4, baseCurrency: 'GBP' });
  if (!parsed.ok) throw new Error('the deployment is wrong');
  return openLog(parsed.deployment, 'backtest', 'backtest');
}

function published(tiers: string, version = 1): PolicyPublished {
  const text = `
policy: shop
version: ${version}
measures:
  spend5: { op: sum, of: netSpend, window: P5D }
programs:
  value:
    kind: ladder
    demote: now
    ${tiers}`;
  const result = parsePolicy(text, genesisOf(1));
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return { type: 'PolicyPublished', policyId: 'shop', version, hash: result.hash, document: result.json };
}

const pyramid = (top: number, version = 1) =>
  published(
    `by: pyramid
    pyramid: { measure: spend5 }
    population: { minCustomers: 3, minDays: 3, deadBandPercent: 0 }
    tiers:
      - { tier: gold, share: "${top}", from: "90.00" }
      - { tier: silver, share: "30", from: "50.00" }
      - { tier: bronze }`,
    version,
  );
const fixed = published(`tiers:
      - { tier: gold, when: { all: [spend5 >= 70.00] } }
      - { tier: bronze }`);

/** By day, who buys for how much. */
const purchases = fc.array(
  fc.array(fc.record({ customer: fc.integer({ min: 1, max: 9 }), pounds: fc.integer({ min: 1, max: 99 }) }), {
    maxLength: 8,
  }),
  { minLength: days, maxLength: days },
);
type Purchases = typeof purchases extends fc.Arbitrary<infer T> ? T : never;

function factsOf(all: Purchases): CustomerEvent[][] {
  const context = { zone: 'UTC', baseCurrency: 'GBP', nowMs: null, bootstrap: false, defaultSource: 'shop' };
  return all.map((ofDay, d) =>
    ofDay.map(({ customer, pounds }, i) => {
      const occurredAt = `${formatDay(firstDay + d)}T10:00:00Z`;
      const fields = { type: 'purchase', eventId: `${d}-${i}`, customerId: `c${customer}`, occurredAt };
      const parsed = parseCanonicalLine(
        JSON.stringify({ ...fields, amount: `${pounds}.00`, currency: 'GBP' }),
        context,
      );
      if (!parsed.ok) throw new Error(parsed.message.en);
      return parsed.event;
    }),
  );
}

function history(all: Purchases, policy: PolicyPublished): BacktestLog {
  const buckets = new DayBuckets<CustomerEvent>();
  for (const event of factsOf(all).flat()) buckets.add(event.businessDay, event);
  return historicalLog(genesisOf(1), policy, buckets, firstDay + days - 1);
}

/** A live log of two partitions: cuts are taken as a day is opened, or on every third day only after its facts. */
function live(all: Purchases, policy: PolicyPublished): BacktestLog {
  const genesis = genesisOf(2);
  async function* pieces(conduct: Conduct = async () => null): AsyncGenerator<LogPiece> {
    const ends = [0, 0];
    const piece = (partition: number, events: readonly (Control | CustomerEvent)[]): LogPiece => ({
      partition,
      records: events.map((event): LogRecord => {
        const key = 'customerId' in event ? event.customerId : null;
        return { offset: ends[partition]!++, timestamp: 1_000 + ends[partition]!, key, event };
      }),
    });
    const toAll = (events: readonly Control[]) => [piece(0, events), piece(1, events)];
    async function* conducted(): AsyncGenerator<LogPiece> {
      for (let event = await conduct(); event !== null; event = await conduct()) yield* toAll([event]);
    }
    yield* toAll(logOpening(genesis, policy));
    for (const [d, facts] of factsOf(all).entries()) {
      yield* toAll(dayOpening(firstDay + d, genesis.slices, 3));
      if (d % 3 !== 0) yield* conducted();
      for (const partition of [0, 1]) {
        const mine = facts.filter(fact => partitionOf(fact.customerId, 2) === partition);
        if (mine.length > 0) yield piece(partition, mine);
      }
      if (d % 3 === 0) yield* conducted();
    }
  }
  return { genesis, pieces };
}

/** Folds a log and keeps its records, as an export has them: partition by partition. */
async function recorded(log: BacktestLog): Promise<{ folded: FoldedPartition[]; lines: Line[]; records: LogRecord[] }> {
  const byPartition = new Map<number, LogRecord[]>();
  async function* kept(conduct?: Conduct): AsyncGenerator<LogPiece> {
    for await (const piece of log.pieces(conduct)) {
      byPartition.set(piece.partition, [...(byPartition.get(piece.partition) ?? []), ...piece.records]);
      yield piece;
    }
  }
  const folded = await foldLog({ genesis: log.genesis, pieces: kept });
  const all = [...byPartition].flatMap(([partition, records]) => records.map(record => ({ partition, record })));
  const lines = all.map(({ partition, record }, index) => ({
    number: index + 1,
    bytes: Buffer.from(formatLogLine(record, partition, 2)),
  }));
  return { folded, lines, records: all.map(({ record }) => record) };
}

async function* piecesOf(lines: readonly Line[]): AsyncGenerator<readonly Line[]> {
  for (let from = 0; from < lines.length; from += 7) yield lines.slice(from, from + 7);
}

const file = 'log.jsonl';

function underPolicy({ lines }: { readonly lines: Line[] }, partitions: number, policy: PolicyPublished): BacktestLog {
  return reconductedLog(genesisOf(partitions), { file, asOf: null, policy, lines: () => piecesOf(lines) });
}

/** By partition, without what tells one log from another that says the same. */
function told(folded: readonly FoldedPartition[]): TierRecord[][] {
  return folded.map(({ emissions }) => emissions.map(({ record }) => ({ ...record, recordedAt: 0 })));
}

const daysCalibrated = (records: readonly LogRecord[]) =>
  new Set(records.flatMap(({ event }) => (event.type === 'ThresholdsCalibrated' ? [event.day] : [])));

test('a history takes cuts as its days are opened, and who moves by them moves because of the others', async () => {
  const steady = Array.from({ length: days }, (_, d) =>
    Array.from({ length: 9 }, (_, n) => ({ customer: n + 1, pounds: (n + 1) * (d + 1) })),
  );
  const { folded, records } = await recorded(history(steady, pyramid(12)));
  // From the third day on there is enough of it.
  expect([...daysCalibrated(records)].sort((a, b) => a - b)[0]).toBe(firstDay + 2);
  const causes = new Set(
    folded.flatMap(({ emissions }) =>
      emissions.map(({ record }) => (record.type === 'TierChanged' ? record.cause : '')),
    ),
  );
  expect(causes).toContain('population');
  expect(folded[0]!.rejections).toEqual([]);
});

test('a policy without a population asks for nothing between the records', async () => {
  const { records } = await recorded(history([[{ customer: 1, pounds: 80 }], ...Array(days - 1).fill([])], fixed));
  expect(records.filter(({ event }) => event.type === 'SliceSwept' && event.mode !== 'due')).toHaveLength(1);
});

test('an export is folded with the cuts that it has, to the same changes by the same ids', async () => {
  await fc.assert(
    fc.asyncProperty(purchases, async all => {
      const { folded, lines } = await recorded(live(all, pyramid(12)));
      const again = await foldLog(exportedLog(genesisOf(2), piecesOf(lines), { file, asOf: null, policy: null }));
      expect(again.map(({ emissions }) => emissions)).toEqual(folded.map(({ emissions }) => emissions));
      expect(again.flatMap(({ rejections }) => rejections)).toEqual([]);
    }),
    { numRuns: 5 },
  );
});

test('its own policy in the place of those that it has takes the same cuts at the same places', async () => {
  await fc.assert(
    fc.asyncProperty(purchases, async all => {
      const policy = pyramid(12);
      const original = await recorded(live(all, policy));
      // Where nothing was taken after a day's facts, nobody sees in the log that it was looked at there.
      const seen = daysCalibrated(original.records);
      fc.pre(Array.from({ length: days }, (_, d) => d).every(d => d % 3 !== 0 || d < 3 || seen.has(firstDay + d)));
      const again = await recorded(underPolicy(original, 2, policy));
      expect(told(again.folded)).toEqual(told(original.folded));
      expect(again.folded.flatMap(({ rejections }) => rejections)).toEqual([]);
    }),
    { numRuns: 5 },
  );
});

test('another policy in their place gives what it would have given from the start', async () => {
  await fc.assert(
    fc.asyncProperty(purchases, async all => {
      const other = pyramid(40, 7);
      for (const policy of [fixed, pyramid(12)]) {
        const original = await recorded(history(all, policy));
        // A day on which the log has taken cuts is looked at there, which is where a history looks, too.
        const again = await recorded(underPolicy(original, 1, other));
        expect(told(again.folded)).toEqual(told((await recorded(history(all, other))).folded));
      }
    }),
    { numRuns: 5 },
  );
});
