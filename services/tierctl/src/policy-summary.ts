/** A policy in a person's words. */
import { isRfmType } from '@tierflow/customer/compile-rfm';
import type {
  MeasureDocument,
  PolicyDocument,
  ProgramDocument,
  RfmDocument,
  TierDocument,
} from '@tierflow/customer/policy-document';
import { conditionsText } from './policies/conditions-text.ts';
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
  const { kind, by = 'thresholds', title, tiers = [], rfm } = program;
  const classifier = by === 'thresholds' ? '' : ` by ${by}`;
  const movement = movementOf(program);
  return [
    heading(`${name} — ${kind}${classifier}${title === undefined ? '' : `, ${title.en}`}`),
    ...(movement.length === 0 ? [] : [movement.join(', ')]),
    ...populationOf(program),
    ...(rfm === undefined ? [] : [table(['axis', 'measure', 'high'], axesOf(rfm))]),
    ...(program.exit === undefined ? [] : [`to go: ${conditionsText(program.exit.when)}`]),
    ...(by === 'pyramid' ? [sharesTable(program)] : []),
    ...(by !== 'pyramid' && tiers.length > 0 ? [table(['tier', 'when', 'title'], tiers.map(tierRow))] : []),
  ].join('\n');
}

/** Who is ranked, and when the cuts follow them; the defaults are what holds, so that they are told here. */
function populationOf({ by, population }: ProgramDocument): string[] {
  if (population === undefined && by !== 'pyramid') return [];
  const { among, scores, deadBandPercent = 1, minCustomers = 500, minDays = 180 } = population ?? {};
  const who = among === undefined ? 'everybody who has a value' : `customers with ${conditionsText(among)}`;
  const how = scores === undefined ? '' : `, scores by ${scores}`;
  return [
    `cuts follow the population: ${who}${how}`,
    `as written below ${minCustomers} customers or ${minDays} days; anew when one has moved by more than ${deadBandPercent} %`,
  ];
}

function axesOf(rfm: RfmDocument): string[][] {
  return (['recency', 'frequency', 'monetary'] as const).map(axis => {
    const document = rfm[axis];
    const high =
      'cuts' in document
        ? `score >= ${document.highFrom} by the cuts ${document.cuts.join(', ')}`
        : `${document.measure} ${axis === 'recency' ? '<=' : '>='} ${document.mean}`;
    return [axis, document.measure, high];
  });
}

function sharesTable({ pyramid, population, tiers = [] }: ProgramDocument): string {
  const ranked = population?.among === undefined ? 'everybody else' : 'whoever else is ranked';
  const rows = tiers.map(({ tier, share, from, when, title }) => {
    const start =
      share === undefined ? 'everybody else' : from === undefined ? ranked : `${pyramid!.measure} >= ${from}`;
    const narrowed = when === undefined ? start : `${start} and ${conditionsText(when)}`;
    return [tier, share === undefined ? '' : `${share} %`, narrowed, title?.en ?? ''];
  });
  return table(['tier', 'share', 'until the cuts follow', 'title'], rows);
}

function tierRow(tier: TierDocument): string[] {
  return [tier.tier, reachedWhen(tier), tier.title?.en ?? ''];
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

function reachedWhen({ tier, when, from, at, dwellDays }: TierDocument): string {
  if (isRfmType(tier)) return rfmSides(tier) + (when === undefined ? '' : ` and ${conditionsText(when)}`);
  if (when !== undefined) return conditionsText(when);
  if (from !== undefined) return `score >= ${from}`;
  if (at !== undefined) return `value ${at[0]}, potential ${at[1]}`;
  return dwellDays === undefined ? 'everybody else' : `for ${dwellDays} days`;
}

/** `rfm.101`: high, low, high. */
function rfmSides(tier: string): string {
  const levels = [...tier.slice('rfm.'.length)].map(level => (level === '1' ? 'high' : 'low'));
  return `recency ${levels[0]}, frequency ${levels[1]}, monetary ${levels[2]}`;
}
