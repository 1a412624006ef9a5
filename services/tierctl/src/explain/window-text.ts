import type { CalendarPeriod, Window } from '@tierflow/customer/policy';

const periods: Readonly<Record<CalendarPeriod, string>> = {
  month: 'calendarMonth',
  quarter: 'calendarQuarter',
  half: 'calendarHalf',
  year: 'calendarYear',
};

/** As a policy writes it. */
export function windowText(window: Window): string {
  return window.previous ? `previous ${present(window)}` : present(window);
}

function present(window: Window): string {
  switch (window.kind) {
    case 'rolling':
      return `P${window.days}D`;
    case 'calendar':
      return periods[window.period];
    case 'anniversary':
      return 'anniversary';
  }
}
