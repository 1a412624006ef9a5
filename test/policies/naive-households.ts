/**
 * The household ladder on the sample year, from the raw baskets alone: every day, every household, the spend of 90 days
 * added up anew. Nothing is carried along but what the guards must remember.
 */
import type { CustomerEvent, EpochDay } from '@tierflow/customer/events';

const windowDays = 90;
/** From the highest; what the household ladder says, in cents. */
const tiers = [
  ['platinum', 9000],
  ['gold', 4500],
  ['silver', 1500],
  ['bronze', Number.NEGATIVE_INFINITY],
] as const;

export interface NaiveMove {
  readonly day: EpochDay;
  readonly to: string;
  readonly isByTime: boolean;
}

/** Validity and grace, where the ladder has them. */
export interface NaiveGuard {
  readonly validityDays: number;
  readonly graceDays: number;
}

export class Household {
  readonly id: string;
  /** Of each event its day and what was bought with it; in order. */
  readonly steps: { readonly day: EpochDay; readonly amountMinor: number }[] = [];

  constructor(id: string) {
    this.id = id;
  }

  get lastPurchaseDay(): EpochDay | undefined {
    return this.steps.findLast(({ amountMinor }) => amountMinor > 0)?.day;
  }

  spendOn(day: EpochDay, through: number = this.steps.length): number {
    let sum = 0;
    for (const step of this.steps.slice(0, through)) {
      if (step.day > day - windowDays && step.day <= day) sum += step.amountMinor;
    }
    return sum;
  }

  tierOn(day: EpochDay, through?: number): number {
    const spend = this.spendOn(day, through);
    return tiers.findIndex(([, from]) => spend >= from);
  }

  /** The first day after its last purchase on which the spend is too little for the tier that it then had. */
  lossOn(throughDay: EpochDay): { readonly day: EpochDay; readonly from: string; readonly to: string } | null {
    const last = this.lastPurchaseDay;
    if (last === undefined) return null;
    const at = this.tierOn(last);
    for (let day = last + 1; day <= throughDay; day++) {
      const now = this.tierOn(day);
      if (now > at) return { day, from: tiers[at]![0], to: tiers[now]![0] };
    }
    return null;
  }

  /** Every change of tier: each day begins without the day's own baskets, and then they come one by one. */
  moves(throughDay: EpochDay): NaiveMove[] {
    return this.walk(throughDay, (position, fit) => {
      return position === null || fit !== position ? fit : position;
    });
  }

  /** The same where a tier is valid for some days, renewed if it is still reached, and else kept by grace. */
  guardedMoves(throughDay: EpochDay, { validityDays, graceDays }: NaiveGuard): NaiveMove[] {
    let until = 0;
    let graceUntil: EpochDay | null = null;
    return this.walk(throughDay, (position, fit, day) => {
      if (position === null || fit < position) {
        [until, graceUntil] = [day + validityDays, null];
        return fit;
      }
      if (graceUntil !== null) {
        if (fit === position) [until, graceUntil] = [day + validityDays, null];
        else if (day >= graceUntil) {
          [until, graceUntil] = [day + validityDays, null];
          return fit;
        }
      } else if (day >= until && position < tiers.length - 1) {
        // Baskets only leave by time, so who is not below on the day was not below on the day before.
        if (this.tierOn(day - 1) <= position) until += validityDays;
        else graceUntil = day + graceDays;
      }
      return position;
    });
  }

  private walk(
    throughDay: EpochDay,
    next: (position: number | null, fit: number, day: EpochDay) => number,
  ): NaiveMove[] {
    const moves: NaiveMove[] = [];
    let position: number | null = null;
    let through = 0;
    const evaluate = (day: EpochDay, isByTime: boolean): void => {
      const to = next(position, this.tierOn(day, through), day);
      if (to !== position) moves.push({ day, to: tiers[to]![0], isByTime });
      position = to;
    };
    for (let day = this.steps[0]!.day; day <= throughDay; day++) {
      if (through > 0) evaluate(day, true);
      while (this.steps[through]?.day === day) {
        through++;
        evaluate(day, false);
      }
    }
    return moves;
  }
}

/** By id, in its order. */
export function householdsOf(events: readonly CustomerEvent[]): Household[] {
  const households = new Map<string, Household>();
  for (const event of events.toSorted((a, b) => a.businessDay - b.businessDay)) {
    const { customerId, businessDay } = event;
    const household = households.get(customerId) ?? new Household(customerId);
    households.set(customerId, household);
    const amountMinor = event.type === 'PurchaseRecorded' ? event.amountBaseMinor : 0;
    household.steps.push({ day: businessDay, amountMinor });
  }
  return [...households.values()].sort((a, b) => Number(a.id) - Number(b.id));
}
