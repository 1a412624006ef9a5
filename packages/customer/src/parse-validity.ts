import { parseWindow } from './parse-window.ts';
import type { Validity } from './policy.ts';

/** `P365D`, `calendarYear`, `anniversary`; null where it is none of them. */
export function parseValidity(text: unknown): Validity | null {
  const window = typeof text === 'string' ? parseWindow(text) : null;
  if (!window || window.previous) return null;
  switch (window.kind) {
    case 'rolling':
      return { kind: 'days', days: window.days };
    case 'calendar':
      return { kind: 'calendar', period: window.period };
    case 'anniversary':
      return { kind: 'anniversary' };
  }
}
