/** An explanation for people. */
import type { TierChanged } from '@tierflow/customer/changes';
import { formatDay } from '@tierflow/customer/epoch-day';
import type { Policy } from '@tierflow/customer/policy';
import { describeChange, describeEvidence } from '../report/describe-change.ts';
import { titled, type Words } from '../report/words.ts';
import { colours, heading, table } from '../terminal.ts';
import type { DayAhead } from './days-ahead.ts';
import type { Explanation } from './explain-customer.ts';
import type { ConditionExplained, TierExplained } from './standing-explained.ts';

export function describeExplanation(explanation: Explanation, policy: Policy | null, words: Words): string {
  const { customerId, asOf } = explanation;
  const named =
    explanation.policy === null ? words.none : `${explanation.policy.policyId} v${explanation.policy.version}`;
  return [
    `${colours.bold(customerId)} — ${words.asOf} ${asOf}, ${words.policy} ${named}`,
    ...standings(explanation, policy, words),
    ...measures(explanation, policy, words),
    ...ahead(explanation.ahead, words),
    ...overrides(explanation, words),
    ...profile(explanation, words),
    ...recentChanges(explanation.changes, words),
  ].join('\n');
}

function standings({ standings }: Explanation, policy: Policy | null, words: Words): string[] {
  return standings.flatMap(({ program: name, tier, since, cause, present, next }) => {
    const program = policy?.programs.find(candidate => candidate.name === name);
    const tierTitle = program?.tiers.find(candidate => candidate.name === tier)?.title;
    const why = cause === null ? '' : `, ${words.because} ${words.causes[cause as TierChanged['cause']]}`;
    const lines = [
      heading(`${titled(name, program?.title, words)}: ${tier === null ? words.none : titled(tier, tierTitle, words)}`),
      `  ${words.since} ${since}${why}`,
    ];
    if (present !== null) lines.push(...tierLines(`${words.keeps} ${present.tier}`, present, words));
    if (next !== null) lines.push(...tierLines(`${words.next} ${next.tier}`, next, words));
    else if (program?.tiers[0]?.name === tier && program?.kind === 'ladder') lines.push(`  ${words.top}`);
    return lines;
  });
}

function tierLines(title: string, { combination, conditions }: TierExplained, words: Words): string[] {
  const mode = conditions.length > 1 ? ` (${combination})` : '';
  return [`  ${title}${mode}:`, ...conditions.map(condition => `    ${conditionLine(condition, words)}`)];
}

function conditionLine(condition: ConditionExplained, words: Words): string {
  const { distance, met } = condition;
  const apart = distance === null ? '' : `, ${met ? words.spare(distance) : words.toGo(distance)}`;
  return `${describeEvidence(condition, words)}${apart}`;
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
  for (const { day, leaving, measures, standings } of days) {
    const facts = leaving.map(({ factsOf, windowDays }) => `${factsOf} (P${windowDays}D)`).join(', ');
    const numbers = measures.map(({ measure, from, to }) => `${measure} ${from ?? '–'} → ${to ?? '–'}`).join(', ');
    const moves = standings.map(({ program, from, to }) => `${program} ${from ?? words.none} → ${to ?? words.none}`);
    lines.push(`  ${day}${facts === '' ? '' : `  ${words.tileOf} ${facts}`}${numbers === '' ? '' : `: ${numbers}`}`);
    lines.push(`    ${words.afterwards}: ${moves.length === 0 ? words.unchanged : colours.yellow(moves.join(', '))}`);
  }
  return lines;
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

function recentChanges(changes: readonly TierChanged[], words: Words): string[] {
  const lines = changes.map(change => `  ${describeChange(change, words)}`);
  return [heading(words.recentChanges), ...(lines.length === 0 ? [`  ${words.noChanges}`] : lines)];
}
