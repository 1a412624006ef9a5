/** Events under a policy through the real fold, in memory: with a tick and a sweep on every day, as in production. */
import { openLog, parseDeployment } from '@tierflow/config/deployment';
import { parsePolicy } from '@tierflow/config/policy/parse-policy';
import { formatFileProblems } from '@tierflow/config/yaml/format-file-problems';
import type { TierRecord } from '@tierflow/customer/changes';
import type { CustomerEvent, EpochDay, PolicyPublished } from '@tierflow/customer/events';
import { viewOf } from '@tierflow/customer/view';
import { foldLog } from '@tierflow/tierctl/backtest/fold-log';
import { historicalLog } from '@tierflow/tierctl/backtest/historical-log';
import { DayBuckets } from '@tierflow/tierctl/business-days';
import { advanceTo, readCustomer } from '@tierflow/tierctl/customer-at-day';

/** A customer as its view shows it on the last day. */
export interface CustomerThen {
  readonly standings: Readonly<Record<string, { readonly tier: string | null; readonly cuts?: unknown }>>;
  readonly measures: Readonly<Record<string, unknown>>;
}

export interface Folded {
  readonly records: readonly TierRecord[];
  readonly customers: ReadonlyMap<string, CustomerThen>;
  readonly rejections: number;
}

export interface Place {
  readonly zone: string;
  readonly baseCurrency: string;
}

export async function foldUnderPolicy(
  policyText: string,
  events: readonly CustomerEvent[],
  throughDay: EpochDay,
  { zone, baseCurrency }: Place,
): Promise<Folded> {
  const parsed = parseDeployment({ partitions: 1, slices: 4, zone, baseCurrency });
  if (!parsed.ok) throw new RangeError(JSON.stringify(parsed.problems));
  const published = publishedFrom(policyText, parsed.deployment);
  const buckets = new DayBuckets<CustomerEvent>();
  for (const event of events) buckets.add(event.businessDay, event);
  const log = historicalLog(openLog(parsed.deployment, 'policies', 'policies'), published, buckets, throughDay);
  const [folded] = await foldLog(log);
  const customers = new Map<string, CustomerThen>();
  for (const [id, stored] of folded!.customers) {
    const { customer, policy } = readCustomer(id, stored, folded!.state);
    if (policy !== null) advanceTo(customer, policy, throughDay);
    customers.set(id, JSON.parse(viewOf(customer, policy)));
  }
  return {
    records: folded!.emissions.map(({ record }) => record),
    customers,
    rejections: folded!.rejections.length,
  };
}

function publishedFrom(text: string, context: Parameters<typeof parsePolicy>[1]): PolicyPublished {
  const parsed = parsePolicy(text, context);
  if (!parsed.ok) throw new SyntaxError(formatFileProblems('policy', parsed.problems));
  const { policyId, version } = parsed.policy;
  return { type: 'PolicyPublished', policyId, version, hash: parsed.hash, document: parsed.json };
}
