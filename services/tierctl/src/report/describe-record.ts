/** A record of `tier-changes` as sentences: what, when, why, what follows from it, and the numbers that were looked at. */
import type {
  AgedOut,
  Approaching,
  Evidence,
  Expiring,
  Missing,
  Progress,
  StandingRenewed,
  TierChanged,
  TierRecord,
} from '@tierflow/customer/changes';
import { formatDay } from '@tierflow/customer/epoch-day';
import type { EpochDay } from '@tierflow/customer/events';
import type { Policy } from '@tierflow/customer/policy';
import type { PlaybookDocument } from '@tierflow/customer/policy-document';
import { colours } from '../terminal.ts';
import { titleOf, type Words } from './words.ts';

/**
 * What happened in a line, and what there is to say about it in further ones. With a policy in its titles, without one in
 * names.
 */
export function describeRecord(record: TierRecord, words: Words, policy: Policy | null = null): string[] {
  const titles = new Titles(record.program, words, policy);
  const [first, ...more] = linesOf(record, titles, words);
  return [`${formatDay(record.effectiveDay)}  ${titles.program}: ${first}`, ...more];
}

function linesOf(record: TierRecord, titles: Titles, words: Words): string[] {
  switch (record.type) {
    case 'TierChanged':
      return changed(record, titles, words);
    case 'StandingRenewed':
      return [renewed(record, titles, words)];
    case 'Expiring':
      return expiring(record, titles, words);
    case 'Approaching':
      return [approaching(record, titles, words)];
  }
}

/** Names of a program and what it holds, as people know them. */
export class Titles {
  readonly program: string;
  readonly #name: string;
  readonly #words: Words;
  readonly #policy: Policy | null;

  constructor(name: string, words: Words, policy: Policy | null) {
    this.#name = name;
    this.#words = words;
    this.#policy = policy;
    this.program = titleOf(name, this.#programOf()?.title, words);
  }

  tier(name: string | null): string {
    if (name === null) return this.#words.none;
    return titleOf(name, this.#programOf()?.tiers.find(tier => tier.name === name)?.title, this.#words);
  }

  measure(name: string): string {
    return measureTitle(name, this.#words, this.#policy);
  }

  #programOf() {
    return this.#policy?.programs.find(({ name }) => name === this.#name);
  }
}

function measureTitle(measure: string, words: Words, policy: Policy | null): string {
  return titleOf(measure, policy?.measures.find(({ name }) => name === measure)?.title, words);
}

function changed(change: TierChanged, titles: Titles, words: Words): string[] {
  const { from, to, cause, correction, trigger, reason } = change;
  const record =
    trigger === null
      ? ''
      : ` (${words.trigger} ${trigger.type} ${trigger.eventId}, ${trigger.source}, ${new Date(trigger.occurredAt).toISOString()})`;
  const late = correction ? `, ${words.correction}` : '';
  const move = `${titles.tier(from)} → ${colours.bold(titles.tier(to))}`;
  const more = [
    reason.code === 'notRecorded' ? '' : reason[words.language],
    change.passed.length === 0 ? '' : words.passing(change.passed.map(tier => titles.tier(tier))),
    change.validUntilDay === null ? '' : words.validThrough(lastDayBefore(change.validUntilDay)),
    change.reviewDay === null ? '' : words.reviewOn(formatDay(change.reviewDay)),
    change.incomplete ? words.incomplete : '',
    agedOut(change.agedOut, words),
    ...progressed(change.progress, titles, words),
  ];
  return [`${move}  ${words.because} ${words.causes[cause]}${late}${record}`, ...more.filter(line => line !== '')];
}

function renewed({ tier, validUntilDay }: StandingRenewed, titles: Titles, words: Words): string {
  return words.renewedThrough(colours.bold(titles.tier(tier)), lastDayBefore(validUntilDay));
}

function expiring({ tier, to, lostOnDay, grace, progress }: Expiring, titles: Titles, words: Words): string[] {
  const unless = progress.retain === null ? null : missingIn(progress.retain.missing, titles, words);
  const loss = { tier: colours.bold(titles.tier(tier)), to: titles.tier(to), day: formatDay(lostOnDay) };
  return [words.expiresOn(loss.tier, loss.day, loss.to, unless), ...(grace ? [words.byGraceAlone] : [])];
}

function approaching({ next, missing }: Approaching, titles: Titles, words: Words): string {
  return words.approaching(colours.bold(titles.tier(next)), missingIn(missing, titles, words));
}

function progressed({ next, retain }: Progress, titles: Titles, words: Words): string[] {
  const above = next === null ? null : missingIn(next.missing, titles, words);
  const kept = retain === null ? null : missingIn(retain.missing, titles, words);
  return [
    above === null ? '' : words.missingForNext(titles.tier(next!.tier), above),
    kept === null ? '' : words.missingToKeep(formatDay(retain!.byDay), kept),
  ];
}

/** null: nothing is missing that could be told in numbers. */
export function missingIn(missing: readonly Missing[], titles: Titles, words: Words): string | null {
  if (missing.length === 0) return null;
  return missing.map(each => `${titles.measure(each.measure)} ${each.missing}`).join(words.listSeparator);
}

function agedOut(aged: readonly AgedOut[], words: Words): string {
  if (aged.length === 0) return '';
  const days = aged.map(({ factsOfDay, window }) => `${formatDay(factsOfDay)} (${window})`);
  return words.agedOut(days.join(words.listSeparator));
}

/** A line for each team that has something to do. */
export function describePlaybook(playbook: PlaybookDocument | null, words: Words): string[] {
  if (playbook === null) return [];
  return (['marketing', 'sales', 'service'] as const).flatMap(team => {
    const text = playbook[team];
    return text === undefined ? [] : [`${words.teams[team]}: ${text[words.language] ?? text.en}`];
  });
}

export function describeEvidence(evidence: Evidence, words: Words, policy: Policy | null = null): string {
  const { value, operator, threshold, met } = evidence;
  const mark = met ? colours.green(words.met) : colours.yellow(words.notMet);
  return `${measureTitle(evidence.measure, words, policy)} = ${value ?? words.missing}   ${operator} ${threshold}   ${mark}`;
}

/** People name the last day that counts; records name the first that does not. */
export function lastDayBefore(day: EpochDay): string {
  return formatDay(day - 1);
}
