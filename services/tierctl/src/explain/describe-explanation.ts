/** An explanation for people. */
import type { TierChanged, TierRecord } from '@tierflow/customer/changes';
import { formatDay, parseDay } from '@tierflow/customer/epoch-day';
import type { Policy } from '@tierflow/customer/policy';
import { describeCutOrigin } from '../policies/cut-origin.ts';
import {
  describeEvidence,
  describePlaybook,
  describeRecord,
  lastDayBefore,
  missingIn,
  Titles,
} from '../report/describe-record.ts';
import { titled, type Words } from '../report/words.ts';
import { colours, heading, table } from '../terminal.ts';
import type { DayAhead } from './days-ahead.ts';
import type { Explanation } from './explain-customer.ts';
import type {
  ConditionExplained,
  ConditionsExplained,
  ExitExplained,
  StandingExplained,
} from './standing-explained.ts';

export function describeExplanation(explanation: Explanation, policy: Policy | null, words: Words): string {
  const { customerId, asOf } = explanation;
  const named =
    explanation.policy === null ? words.none : `${explanation.policy.policyId} v${explanation.policy.version}`;
  return [
    `${colours.bold(customerId)} — ${words.asOf} ${asOf}, ${words.policy} ${named}`,
    ...standings(explanation, policy, words),
    ...measures(explanation, policy, words),
    ...ranks(explanation, words),
    ...ahead(explanation.ahead, words),
    ...overrides(explanation, words),
    ...profile(explanation, words),
    ...recentChanges(explanation.changes, words),
  ].join('\n');
}

function standings({ standings, cuts }: Explanation, policy: Policy | null, words: Words): string[] {
  return standings.flatMap(standing => {
    const { program: name, tier, since, cause, present, next } = standing;
    const program = policy?.programs.find(candidate => candidate.name === name);
    const tierTitle = program?.tiers.find(candidate => candidate.name === tier)?.title;
    const why = cause === null ? '' : `, ${words.because} ${words.causes[cause as TierChanged['cause']]}`;
    const lines = [
      heading(`${titled(name, program?.title, words)}: ${tier === null ? words.none : titled(tier, tierTitle, words)}`),
      `  ${words.since} ${since}${why}`,
      ...guards(standing, new Titles(name, words, policy), words).map(line => `  ${line}`),
    ];
    const cut = cuts.find(candidate => candidate.program === name);
    if (cut !== undefined) lines.push(`  ${words.cuts}: ${describeCutOrigin(cut, words.language)}`);
    if (present !== null) lines.push(...conditionLines(`${words.keeps} ${present.tier}`, present, words));
    if (next !== null) lines.push(...conditionLines(`${words.next} ${next.tier}`, next, words));
    else if (program?.tiers[0]?.name === tier && program?.kind === 'ladder' && program.exit === null) {
      lines.push(`  ${words.top}`);
    }
    if (standing.exit !== null) lines.push(...exitLines(standing.exit, words));
    const toDo = describePlaybook(standing.playbook, words);
    if (toDo.length > 0) lines.push(`  ${words.toDo}:`, ...toDo.map(line => `    ${line}`));
    return lines;
  });
}

/** To when the standing is good, and what is missing to keep it. */
function guards(standing: StandingExplained, titles: Titles, words: Words): string[] {
  const { validUntil, graceUntil, belowSince, incomplete, retain } = standing;
  const missing = retain === null ? null : missingIn(retain.missing, titles, words);
  const lines = [
    validUntil === null ? '' : words.validThrough(lastDayBefore(parseDay(validUntil)!)),
    belowSince === null ? '' : words.belowSince(belowSince),
    graceUntil === null ? '' : words.graceThrough(lastDayBefore(parseDay(graceUntil)!)),
    missing === null ? '' : words.missingToKeep(retain!.by, missing),
    incomplete ? words.incomplete : '',
  ];
  return lines.filter(line => line !== '');
}

function exitLines({ when, vetoes, reentry }: ExitExplained, words: Words): string[] {
  const kept = { combination: 'any', conditions: vetoes } as const;
  return [
    ...conditionLines(words.goesWhen, when, words),
    ...(vetoes.length === 0 ? [] : conditionLines(words.vetoes, kept, words)),
    ...(reentry === null ? [] : conditionLines(words.comesBackWhen, reentry, words)),
  ];
}

function conditionLines(
  title: string,
  { combination, conditions }: Pick<ConditionsExplained, 'combination' | 'conditions'>,
  words: Words,
): string[] {
  const mode = conditions.length > 1 ? ` (${combination})` : '';
  return [`  ${title}${mode}:`, ...conditions.map(condition => `    ${conditionLine(condition, words)}`)];
}

function conditionLine(condition: ConditionExplained, words: Words): string {
  const { distance, met } = condition;
  const apart = distance === null ? '' : `, ${met ? words.spare(distance) : words.toGo(distance)}`;
  return `${describeEvidence(condition, words)}${apart}`;
}

function ranks({ ranks }: Explanation, words: Words): string[] {
  if (ranks.length === 0) return [];
  return [
    heading(words.ranks),
    ...ranks.map(({ measure, title, rank, of, topPercent }) => {
      return `  ${titled(measure, title, words)}: ${words.rank(rank, of, topPercent)}`;
    }),
  ];
}

function measures({ measures }: Explanation, policy: Policy | null, words: Words): string[] {
  const rows = Object.entries(measures).map(([name, value]) => [
    titled(name, policy?.measures.find(candidate => candidate.name === name)?.title, words),
    value ?? words.missing,
  ]);
  return rows.length === 0 ? [] : ['', table([words.measure, words.value], rows)];
}

function ahead(days: readonly DayAhead[], words: Words): string[] {
  const lines = [heading(words.leaving)];
  if (days.length === 0) return [...lines, `  ${words.nothingLeaves}`];
  for (const { day, leaving, measures, standings, renewals } of days) {
    const facts = leavingText(leaving);
    const numbers = measures.map(({ measure, from, to }) => `${measure} ${from ?? '–'} → ${to ?? '–'}`).join(', ');
    const moves = [
      ...standings.map(({ program, from, to }) => `${program} ${from ?? words.none} → ${to ?? words.none}`),
      ...renewals.map(({ program, tier, validUntil }) => {
        return `${program} ${words.renewedThrough(tier, lastDayBefore(parseDay(validUntil)!))}`;
      }),
    ];
    lines.push(`  ${day}${facts === '' ? '' : `  ${words.tileOf} ${facts}`}${numbers === '' ? '' : `: ${numbers}`}`);
    lines.push(`    ${words.afterwards}: ${moves.length === 0 ? words.unchanged : colours.yellow(moves.join(', '))}`);
  }
  return lines;
}

/** A whole year leaves at once where a calendar window begins anew: of many days the first and the last are told. */
function leavingText(leaving: DayAhead['leaving']): string {
  const days = Map.groupBy(leaving, ({ window }) => window);
  return [...days]
    .map(([window, left]) => {
      const [first, last] = [left[0]!.factsOf, left.at(-1)!.factsOf];
      return `${first === last ? first : `${first} … ${last}`} (${window})`;
    })
    .join(', ');
}

function overrides({ overrides }: Explanation, words: Words): string[] {
  if (overrides.length === 0) return [];
  return [
    heading(words.overrides),
    ...overrides.map(({ program, kind, tier, untilDay, actor, reason }) => {
      const end = untilDay === null ? words.ended : `${words.until} ${formatDay(untilDay)}`;
      return `  ${program}: ${kind} ${tier} ${end} — ${actor}: ${reason}`;
    }),
  ];
}

function profile({ profile }: Explanation, words: Words): string[] {
  const rows = Object.entries(profile);
  if (rows.length === 0) return [];
  return [heading(words.profile), ...rows.map(([name, value]) => `  ${name}: ${value}`)];
}

function recentChanges(records: readonly TierRecord[], words: Words): string[] {
  const lines = records.flatMap(record => {
    const [first, ...more] = describeRecord(record, words);
    return [`  ${first}`, ...more.map(line => `    ${line}`)];
  });
  return [heading(words.recentChanges), ...(lines.length === 0 ? [`  ${words.noChanges}`] : lines)];
}
