/** A change of standing as sentences: what, when, why, and the numbers that were looked at. */
import type { Evidence, TierChanged } from '@tierflow/customer/changes';
import { formatDay } from '@tierflow/customer/epoch-day';
import { colours } from '../terminal.ts';
import type { Words } from './words.ts';

export function describeChange(change: TierChanged, words: Words): string {
  const { program, from, to, cause, effectiveDay, correction, trigger } = change;
  const move = `${program}: ${from ?? words.none} → ${colours.bold(to ?? words.none)}`;
  const record =
    trigger === null
      ? ''
      : ` (${words.trigger} ${trigger.type} ${trigger.eventId}, ${trigger.source}, ${new Date(trigger.occurredAt).toISOString()})`;
  const late = correction ? `, ${words.correction}` : '';
  return `${formatDay(effectiveDay)}  ${move}  ${words.because} ${words.causes[cause]}${late}${record}`;
}

export function describeEvidence({ measure, value, operator, threshold, met }: Evidence, words: Words): string {
  const mark = met ? colours.green(words.met) : colours.yellow(words.notMet);
  return `${measure} = ${value ?? words.missing}   ${operator} ${threshold}   ${mark}`;
}
