/** Business days as civil dates: `2011-12-09`. The fold itself only counts them. */
import type { EpochDay } from './events.ts';

const dayMs = 86_400_000;

/** Views name the same few days again and again; a text is made once and then looked up. */
const texts = new Map<EpochDay, string>();
const textsMax = 10_000;

export function formatDay(day: EpochDay): string {
  let text = texts.get(day);
  if (text === undefined) {
    if (texts.size >= textsMax) texts.clear();
    text = new Date(day * dayMs).toISOString().slice(0, 10);
    texts.set(day, text);
  }
  return text;
}

/** null where the text is no civil date. */
export function parseDay(text: string): EpochDay | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  const day = Date.parse(`${text}T00:00:00Z`) / dayMs;
  return Number.isInteger(day) && formatDay(day) === text ? day : null;
}
