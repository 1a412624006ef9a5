/** The logs that a release adds: random histories, and the year of a real shop. Only the release command makes them. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parseCanonicalLine } from '@tierflow/config/canonical/parse-canonical-line';
import { openLog, parseDeployment } from '@tierflow/config/deployment';
import { parsePolicy } from '@tierflow/config/policy/parse-policy';
import { formatFileProblems } from '@tierflow/config/yaml/format-file-problems';
import type { CustomerEvent, LogRecord } from '@tierflow/customer/events';
import { historicalLog } from '@tierflow/tierctl/backtest/historical-log';
import { DayBuckets } from '@tierflow/tierctl/business-days';
import { murmur2 } from '@tierflow/window/hash';
import fc from 'fast-check';
import { type LogPlan, logOf, logPlanOf } from '../oracle/random-log.ts';

const randomHistories = 24;
const steps = 1080;

export async function historiesOf(release: string): Promise<Map<string, LogRecord[]>> {
  const histories = new Map<string, LogRecord[]>();
  for (let number = 1; number <= randomHistories; number++) {
    const name = `random-${String(number).padStart(2, '0')}`;
    histories.set(name, randomHistory(`${release}/${name}`, number));
  }
  histories.set('online-retail', await onlineRetail());
  return histories;
}

/** Of another seed in each release, so that a release tries something new. */
function randomHistory(seedText: string, number: number): LogRecord[] {
  const [plan] = fc.sample(logPlanOf(steps, steps), { seed: murmur2(seedText) | 0, numRuns: 1 });
  return logOf(amongCustomers(plan!, 4 + (number % 4) * 8));
}

/** Few customers have long lives, many have short ones: a random plan knows four. */
function amongCustomers(plan: LogPlan, customers: number): LogPlan {
  const spread = plan.steps.map((step, index) =>
    'customer' in step ? { ...step, customer: (step.customer + 4 * index) % customers } : step,
  );
  return { ...plan, steps: spread };
}

async function onlineRetail(): Promise<LogRecord[]> {
  const parsed = parseDeployment({ partitions: 1, baseCurrency: 'GBP' });
  if (!parsed.ok) throw new Error('The deployment is invalid.');
  const { deployment } = parsed;
  const policyFile = new URL('../../deploy/policies/retail-ladder.yaml', import.meta.url);
  const policy = parsePolicy(readFileSync(policyFile, 'utf8'), deployment);
  if (!policy.ok) throw new Error(formatFileProblems(policyFile.pathname, policy.problems));
  const { document, json, hash } = policy;
  const published = {
    type: 'PolicyPublished',
    policyId: document.policy,
    version: document.version,
    hash,
    document: json,
  } as const;

  const sample = new URL('../../deploy/samples/online-retail/events.jsonl.gz', import.meta.url);
  const context = { zone: 'UTC', baseCurrency: 'GBP', nowMs: null, bootstrap: false, defaultSource: 'golden' };
  const buckets = new DayBuckets<CustomerEvent>();
  for (const line of gunzipSync(readFileSync(sample)).toString().trimEnd().split('\n')) {
    const read = parseCanonicalLine(line, context);
    if (!read.ok) throw new Error(read.message.en);
    buckets.add(read.event.businessDay, read.event);
  }
  const genesis = openLog(deployment, 'golden', 'golden-online-retail');
  const records: LogRecord[] = [];
  for await (const piece of historicalLog(genesis, published, buckets, null).pieces()) records.push(...piece.records);
  return records;
}
