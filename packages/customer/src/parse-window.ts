/** Windows and validities as they are written. */
import type { Window } from './policy.ts';

/** null for lifetime, undefined where it is not understood. */
export function parseWindow(window: string | undefined): Window | null | undefined {
  if (window === undefined || window === 'lifetime') return null;
  const match = /^P([1-9]\d{0,3})D$/.exec(window);
  return match ? { kind: 'rolling', days: Number(match[1]), previous: false } : undefined;
}
