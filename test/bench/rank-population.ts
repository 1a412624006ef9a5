/** A population for the rank indexes: money with a long tail and few ties, days with hardly anything but ties. */
import { SplitMix64 } from './split-mix-64.ts';

export interface RankedPopulation {
  readonly customerIds: readonly string[];
  /** Minor units. */
  readonly spend: Float64Array;
  /** Of the last purchase, as recency is ranked. */
  readonly lastDay: Float64Array;
}

const today = 20_000;
const medianSpendMinor = 32_000;
const spread = 1.4;
const quietDaysMean = 60;
const quietDaysMax = 730;

export function rankedPopulation(customers: number, seed = 1): RankedPopulation {
  const random = new SplitMix64(seed);
  const spend = new Float64Array(customers);
  const lastDay = new Float64Array(customers);
  for (let i = 0; i < customers; i++) {
    const normal = Math.sqrt(-2 * Math.log(1 - random.float())) * Math.cos(2 * Math.PI * random.float());
    spend[i] = Math.round(medianSpendMinor * Math.exp(spread * normal));
    const quiet = Math.floor(-quietDaysMean * Math.log(1 - random.float()));
    lastDay[i] = today - Math.min(quiet, quietDaysMax);
  }
  const customerIds = Array.from({ length: customers }, (_, i) => `customer-${String(i).padStart(8, '0')}`);
  return { customerIds, spend, lastDay };
}
