/** Where a conductor takes the present business day from. */
import { businessDayIn } from '@tierflow/config/business-day';
import type { EpochDay } from '@tierflow/customer/events';
import type { ManualClock } from '@tierflow/redis/manual-clock';

export interface Clock {
  /** null: it was never set. */
  today(): Promise<EpochDay | null>;
  /** How often it is looked at. Nobody counts down to a midnight: zones change their clocks, machines sleep. */
  readonly pollIntervalMs: number;
}

export function systemClock(zone: string): Clock {
  const businessDayOf = businessDayIn(zone);
  return { today: async () => businessDayOf(Date.now()), pollIntervalMs: 1000 };
}

export function manualClock(clock: ManualClock): Clock {
  return { today: () => clock.today(), pollIntervalMs: 20 };
}
