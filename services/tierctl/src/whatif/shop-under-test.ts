/** A small shop whose policies are asked about: customer n has spent n pounds ten times over, all on one day. */
import { parseCanonicalLine } from '@tierflow/config/canonical/parse-canonical-line';
import { openLog, parseDeployment } from '@tierflow/config/deployment';
import { parsePolicy } from '@tierflow/config/policy/parse-policy';
import { parseDay } from '@tierflow/customer/epoch-day';
import type { Control, CustomerEvent, PolicyPublished } from '@tierflow/customer/events';
import type { BacktestLog, LogPiece } from '../backtest/backtest-log.ts';
import { historicalLog } from '../backtest/historical-log.ts';
import { DayBuckets } from '../business-days.ts';
import { predict } from './predict.ts';
import type { Prediction } from './prediction.ts';

const parsed = parseDeployment({ partitions: 1, slices: 4, baseCurrency: 'GBP' });
if (!parsed.ok) throw new Error('the deployment is wrong');
const genesis = openLog(parsed.deployment, 'backtest', 'backtest');

export const lastDay = '2024-01-05';
const customers = Array.from({ length: 20 }, (_, n) => n + 1);

const thresholdTiers = (gold: string, silver: string): string => `
    tiers:
      - { tier: gold, title: { en: 'Gold & <"shiny">', zh: 黄金 }, playbookCost: "12.50", when: { all: [spend30 >= ${gold}] } }
      - { tier: silver, title: { en: Silver, zh: 白银 }, when: { all: [spend30 >= ${silver}] } }
      - { tier: bronze, title: { en: Bronze, zh: 青铜 } }`;

const pyramidTiers = `
    by: pyramid
    pyramid: { measure: spend30 }
    population: { minCustomers: 5, minDays: 1 }
    tiers:
      - { tier: gold, share: "10", from: "999.00", title: { en: Gold, zh: 黄金 } }
      - { tier: silver, share: "40", from: "500.00", title: { en: Silver, zh: 白银 } }
      - { tier: bronze, title: { en: Bronze, zh: 青铜 } }`;

function published(version: number, programs: Readonly<Record<string, string>>): PolicyPublished {
  const text = `
policy: shop
version: ${version}
title: { en: Shop, zh: 商店 }
measures:
  spend30: { op: sum, of: netSpend, window: P30D }
programs:
${Object.entries(programs)
  .map(([name, tiers]) => `  ${name}:\n    kind: ladder\n    demote: now\n    title: { en: Value, zh: 价值 }${tiers}`)
  .join('\n')}`;
  const result = parsePolicy(text, genesis);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  const { policyId } = result.policy;
  return { type: 'PolicyPublished', policyId, version, hash: result.hash, document: result.json };
}

export function thresholds(version: number, gold: string, silver: string, program = 'value'): PolicyPublished {
  return published(version, { [program]: thresholdTiers(gold, silver) });
}

export function pyramid(version: number): PolicyPublished {
  return published(version, { value: pyramidTiers });
}

/** Gold from 120.00, silver from 60.00; then whatever else was written. */
export function shopLog(more: readonly Control[] = []): BacktestLog {
  const buckets = new DayBuckets<CustomerEvent>();
  const context = { zone: 'UTC', baseCurrency: 'GBP', nowMs: null, bootstrap: false, defaultSource: 'shop' };
  for (const n of customers) {
    const fields = { type: 'purchase', eventId: `p${n}`, customerId: `customer-${String(n).padStart(2, '0')}` };
    const line = { ...fields, occurredAt: '2024-01-01T10:00:00Z', amount: `${n * 10}.00`, currency: 'GBP' };
    const result = parseCanonicalLine(JSON.stringify(line), context);
    if (!result.ok) throw new Error(result.message.en);
    buckets.add(result.event.businessDay, result.event);
  }
  const history = historicalLog(genesis, thresholds(1, '120.00', '60.00'), buckets, parseDay(lastDay));
  async function* pieces(): AsyncGenerator<LogPiece> {
    let offset = 0;
    for await (const piece of history.pieces()) {
      offset = piece.records.at(-1)!.offset + 1;
      yield piece;
    }
    const records = more.map((event, index) => ({ offset: offset + index, timestamp: 0, key: null, event }));
    if (records.length > 0) yield { partition: 0, records };
  }
  return { genesis, pieces };
}

export function predicted(candidate: PolicyPublished, log: BacktestLog = shopLog()): Promise<Prediction> {
  return predict({ log, candidate, out: null, losersMost: 2, language: 'en', onProgress: () => {} });
}
