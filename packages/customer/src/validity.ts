/** How long a qualification is good for. */
import { beginningOf } from './beginning.ts';
import { anniversaryOf, firstDayOfPeriod, wholeYears } from './civil-date.ts';
import type { Customer } from './customer.ts';
import type { EpochDay } from './events.ts';
import type { Validity } from './policy.ts';

/** The first day on which a tier that was qualified for on a day is no longer valid. */
export function validUntil(validity: Validity, qualifiedDay: EpochDay, customer: Customer): EpochDay {
  switch (validity.kind) {
    case 'days':
      return qualifiedDay + validity.days;
    case 'calendar':
      return firstDayOfPeriod(validity.period, qualifiedDay, 2);
    case 'anniversary': {
      // Who is yet to begin counts its years from the qualification.
      const beginning = Math.min(beginningOf(customer), qualifiedDay);
      return anniversaryOf(beginning, wholeYears(beginning, qualifiedDay) + 2);
    }
  }
}
