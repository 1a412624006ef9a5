/**
 * How a day's sweep is cut into steps. A sweep is folded and committed as a whole, so one over everybody who is due on the
 * first of January could stall a partition for seconds; and very small ones would cost a commit each.
 *
 * The due index in Redis says how many there are. It may lag behind the log, or Redis may be away: that is good enough,
 * because the cut is written into the log, and every fold of the log, now or later, makes the same steps.
 */
import type { EpochDay } from '@tierflow/customer/events';
import type { RedisStateReader } from '@tierflow/redis/state-reader';

const dueCustomersPerSweepMax = 10_000;

export type SweepSize = (day: EpochDay) => Promise<number>;

/** At least one. Slices hold about equally many customers, since a hash of the id has put them there. */
export function slicesPerSweep(slices: number, customers: number, customersPerSweepMax: number): number {
  if (customers <= customersPerSweepMax) return slices;
  return Math.max(1, Math.floor((slices * customersPerSweepMax) / customers));
}

/** Where Redis does not answer, the last size stands; at first, one sweep for all. */
export function sweepSize(
  states: Pick<RedisStateReader, 'countDue'>,
  { partitions, slices }: { readonly partitions: number; readonly slices: number },
  onUnknown: (error: unknown) => void,
): SweepSize {
  let known = slices;
  return async day => {
    try {
      const due = await Promise.all(
        Array.from({ length: partitions }, (_, partition) =>
          states.countDue(partition, slices, Number.NEGATIVE_INFINITY, day),
        ),
      );
      known = slicesPerSweep(slices, Math.max(...due), dueCustomersPerSweepMax);
    } catch (error) {
      onUnknown(error);
    }
    return known;
  };
}
