/** A policy in a person's words. */
import type {
  ConditionsDocument,
  MeasureDocument,
  PolicyDocument,
  ProgramDocument,
  TierDocument,
} from '@tierflow/customer/policy-document';
import { heading, table } from './terminal.ts';

export function describePolicy(policy: PolicyDocument, hash: string): string {
  const measures = Object.entries(policy.measures).map(([name, measure]) => [
    name,
    takes(measure),
    'of' in measure ? (measure.window ?? 'lifetime') : '',
    measure.title?.en ?? '',
  ]);
  return [
    `${policy.policy} version ${policy.version} is valid${policy.title === undefined ? '' : `: ${policy.title.en}`}`,
    hash,
    heading('Measures'),
    table(['name', 'takes', 'window', 'title'], measures),
    ...Object.entries(policy.programs).map(([name, program]) => describeProgram(name, program)),
  ].join('\n');
}

function takes(measure: MeasureDocument): string {
  switch (measure.op) {
    case 'attribute':
      return `attribute ${measure.attribute} (${measure.type})`;
    case 'expression':
      return measure.expression;
    case 'score':
      return `score of ${measure.measure}: ${measure.better} is better, cuts ${measure.cuts.join(', ')}`;
    default:
      return `${measure.op} of ${measure.of}${measure.kind === undefined ? '' : ` (${measure.kind})`}`;
  }
}

function describeProgram(name: string, program: ProgramDocument): string {
  const { kind, by = 'thresholds', title, tiers = [] } = program;
  const classifier = by === 'thresholds' ? '' : ` by ${by}`;
  const movement = movementOf(program);
  return [
    heading(`${name} — ${kind}${classifier}${title === undefined ? '' : `, ${title.en}`}`),
    ...(movement.length === 0 ? [] : [movement.join(', ')]),
    ...(program.exit === undefined ? [] : [`to go: ${conditions(program.exit.when)}`]),
    table(
      ['tier', 'when', 'title'],
      tiers.map(tier => [tier.tier, reachedWhen(tier), tier.title?.en ?? '']),
    ),
  ].join('\n');
}

/** What the policy says of it; the defaults are not repeated. */
function movementOf(program: ProgramDocument): string[] {
  const keys = [
    ...(['demote', 'depth', 'graceDays', 'minTenureDays', 'confirmDays', 'hysteresisPercent', 'validity'] as const),
    'refunds',
  ] as const;
  const said = keys.flatMap(key => (program[key] === undefined ? [] : [`${key} ${program[key]}`]));
  const { expiringDays, approaching } = program.warnings ?? {};
  if (expiringDays !== undefined) said.push(`warns ${expiringDays.join(', ')} days ahead`);
  if (approaching !== undefined) said.push('tells who is near the next tier');
  return said;
}

function reachedWhen({ when, from, at, dwellDays }: TierDocument): string {
  if (when !== undefined) return conditions(when);
  if (from !== undefined) return `score >= ${from}`;
  if (at !== undefined) return `value ${at[0]}, potential ${at[1]}`;
  return dwellDays === undefined ? 'everybody else' : `for ${dwellDays} days`;
}

function conditions(document: ConditionsDocument): string {
  const [word, list] = 'all' in document ? [' and ', document.all] : [' or ', document.any];
  return list.map(part => (typeof part === 'string' ? part : `(${conditions(part)})`)).join(word);
}
