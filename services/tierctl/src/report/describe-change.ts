/** A change of standing as sentences: what, when, why, and the numbers that were looked at. */
import type { Evidence, TierChanged } from '@tierflow/customer/changes';
import { formatDay } from '@tierflow/customer/epoch-day';
import type { Policy } from '@tierflow/customer/policy';
import { colours } from '../terminal.ts';
import { titleOf, type Words } from './words.ts';

/** With a policy in its titles, without one in names. */
export function describeChange(change: TierChanged, words: Words, policy: Policy | null = null): string {
  const { from, to, cause, effectiveDay, correction, trigger } = change;
  const program = policy?.programs.find(({ name }) => name === change.program);
  const tierNamed = (tier: string | null): string =>
    tier === null ? words.none : titleOf(tier, program?.tiers.find(({ name }) => name === tier)?.title, words);
  const move = `${titleOf(change.program, program?.title, words)}: ${tierNamed(from)} → ${colours.bold(tierNamed(to))}`;
  const record =
    trigger === null
      ? ''
      : ` (${words.trigger} ${trigger.type} ${trigger.eventId}, ${trigger.source}, ${new Date(trigger.occurredAt).toISOString()})`;
  const late = correction ? `, ${words.correction}` : '';
  return `${formatDay(effectiveDay)}  ${move}  ${words.because} ${words.causes[cause]}${late}${record}`;
}

export function describeEvidence(evidence: Evidence, words: Words, policy: Policy | null = null): string {
  const { value, operator, threshold, met } = evidence;
  const title = policy?.measures.find(({ name }) => name === evidence.measure)?.title;
  const mark = met ? colours.green(words.met) : colours.yellow(words.notMet);
  return `${titleOf(evidence.measure, title, words)} = ${value ?? words.missing}   ${operator} ${threshold}   ${mark}`;
}
