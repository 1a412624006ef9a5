/** How long a qualification is good for. */
import { anniversaryAfter, beginningOf, startOfNextPeriod } from './business-calendar.ts';
import type { Customer } from './customer.ts';
import type { EpochDay } from './events.ts';
import type { Validity } from './policy.ts';

/** The first day on which a tier that was qualified for on a day is no longer valid. */
export function validUntil(validity: Validity, qualifiedDay: EpochDay, customer: Customer): EpochDay {
  switch (validity.kind) {
    case 'days':
      return qualifiedDay + validity.days;
    case 'calendar':
      return startOfNextPeriod(validity.period, startOfNextPeriod(validity.period, qualifiedDay));
    case 'anniversary': {
      const beginning = beginningOf(customer) ?? qualifiedDay;
      return anniversaryAfter(beginning, anniversaryAfter(beginning, qualifiedDay));
    }
  }
}
