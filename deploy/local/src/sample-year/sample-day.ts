/**
 * What happened on one day of the sample, in the shop's own terms. Times are those of the clock on the shop's wall, in
 * the form 2017-01-28T14:06:53.
 */
import type { EpochDay } from '@tierflow/customer/events';

/** Where the shops are. Their table gives UTC, their checkouts would print this zone's time. */
export const shopZone = 'America/New_York';

export interface BasketLine {
  readonly product: string;
  readonly quantity: number;
  readonly valueCents: number;
}

export interface Basket {
  readonly id: string;
  readonly household: string;
  readonly store: string;
  readonly at: string;
  readonly lines: readonly BasketLine[];
}

/** A campaign on the day on which it reaches its households. */
export interface Campaign {
  readonly id: string;
  readonly type: string;
  readonly households: readonly string[];
}

export interface Redemption {
  readonly household: string;
  readonly coupon: string;
  readonly campaign: string;
}

/** An answer to the survey after a purchase. All of them are synthetic. */
export interface Answer {
  readonly id: string;
  readonly household: string;
  readonly at: string;
  readonly stars: number;
  readonly about: string;
  readonly isComplaint: boolean;
}

/** A column of the table that is empty is left out. */
export interface Profile {
  readonly household: string;
  readonly age?: string;
  readonly income?: string;
  readonly ownership?: string;
  readonly people?: string;
  readonly composition?: string;
}

export interface SampleDay {
  readonly day: EpochDay;
  readonly profiles: readonly Profile[];
  readonly campaigns: readonly Campaign[];
  readonly redemptions: readonly Redemption[];
  readonly baskets: readonly Basket[];
  readonly answers: readonly Answer[];
}

export function totalCentsOf({ lines }: Basket): number {
  return lines.reduce((total, { valueCents }) => total + valueCents, 0);
}
