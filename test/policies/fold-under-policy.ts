/** Events under a policy through the real fold, in memory: with a tick and a sweep on every day, as in production. */
import { openLog, parseDeployment } from '@tierflow/config/deployment';
import type { TierRecord } from '@tierflow/customer/changes';
import type { CustomerEvent, EpochDay } from '@tierflow/customer/events';
import { viewOf } from '@tierflow/customer/view';
import { foldLog } from '@tierflow/tierctl/backtest/embedded-engine';
import { historicalLog } from '@tierflow/tierctl/backtest/historical-log';
import { DayBuckets } from '@tierflow/tierctl/business-days';
import { advanceTo, readCustomer } from '@tierflow/tierctl/customer-at-day';
import { readPolicyFile } from '@tierflow/tierctl/policy-file';

/** A customer as its view shows it on the last day. */
export interface CustomerThen {
  readonly standings: Readonly<Record<string, { readonly tier: string | null }>>;
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
  policyFile: string,
  events: readonly CustomerEvent[],
  throughDay: EpochDay,
  place: Place,
): Promise<Folded> {
  const parsed = parseDeployment({ partitions: 1, slices: 4, ...place });
  if (!parsed.ok) throw new RangeError(JSON.stringify(parsed.problems));
  const { published } = readPolicyFile(policyFile, parsed.deployment);
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
