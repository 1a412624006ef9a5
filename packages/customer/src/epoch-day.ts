/** Business days as civil dates: `2011-12-09`. The fold itself only counts them. */
import type { EpochDay } from './events.ts';

const dayMs = 86_400_000;

export function formatDay(day: EpochDay): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}

/** null where the text is no civil date. */
export function parseDay(text: string): EpochDay | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  const day = Date.parse(`${text}T00:00:00Z`) / dayMs;
  return Number.isInteger(day) && formatDay(day) === text ? day : null;
}
