/**
 * The view of a customer: what any client reads from Redis without tierflow. Standings and measures as of a day; money
 * as decimal strings. It is rewritten whenever a stored number changes, by a fact or by time alone; days `since` grow
 * by one each day after `asOf`.
 */
import type { CustomerTiers } from './changes.ts';
import type { Customer, Standing } from './customer.ts';
import { formatDecimal } from './decimal.ts';
import { formatDay } from './epoch-day.ts';
import { positionOf } from './fit.ts';
import { formatMeasure, isIncomplete, measureOf } from './measure.ts';
import { missingFor } from './missing.ts';
import type { Measure, Policy, ProgramPopulation } from './policy.ts';
import { rankValueOf } from './population/rank-value.ts';
import { topShareOf } from './population/top-share.ts';

export function viewOf(customer: Customer, policy: Policy | null): string {
  let standings = '';
  for (let p = 0; p < customer.standings.length; p++) {
    const standing = customer.standings[p]!;
    const comma = standings === '' ? '' : ',';
    standings += `${comma}"${standing.program}":{${standingText(customer, policy, p, standing)}}`;
  }
  let measures = '';
  if (policy !== null) {
    for (const measure of policy.measures) {
      const comma = measures === '' ? '' : ',';
      measures += `${comma}"${measure.name}":${measureText(customer, policy, measure)}`;
    }
  }
  const ranks = policy === null || policy.ownRankings === 0 ? '' : ranksText(customer, policy);
  const id = JSON.stringify(customer.id);
  return `{"customerId":${id},"asOf":"${formatDay(customer.evaluatedDay)}","policyVersion":${customer.policyVersion},"revision":${customer.revision},"standings":{${standings}},"measures":{${measures}}${ranks}}`;
}

/** Where the customer stood among all as of the last calibration; nothing where there was none, or it is not ranked. */
function ranksText(customer: Customer, policy: Policy): string {
  let ranks = '';
  const told: string[] = [];
  for (let r = 0; r < policy.ownRankings; r++) {
    const ranking = policy.rankings[r]!;
    const { measure, calibrated } = ranking;
    // The same measure may be ranked among several groups: the policy's first one is told.
    if (calibrated === null || told.includes(measure)) continue;
    const value = rankValueOf(customer, ranking);
    if (value === null) continue;
    told.push(measure);
    const top = formatDecimal(topShareOf(value, ranking, calibrated), 1);
    const { size, day } = calibrated;
    ranks += `${ranks === '' ? '' : ','}"${measure}":{"top":"${top}","of":${size},"asOf":"${formatDay(day)}"}`;
  }
  return ranks === '' ? '' : `,"ranks":{${ranks}}`;
}

/** The standing, to when it is good, and what is missing for the tier above; each where there is something to say. */
function standingText(customer: Customer, policy: Policy | null, p: number, standing: Standing): string {
  const { tier, sinceDay, held } = standing;
  let text = `"tier":${tier === null ? 'null' : `"${tier}"`},"since":"${formatDay(sinceDay)}"`;
  if (held !== null && held.tier === tier) {
    if (held.graceUntilDay !== null) text += `,"graceUntil":"${formatDay(held.graceUntilDay)}"`;
    else if (held.validUntilDay !== null) text += `,"validUntil":"${formatDay(held.validUntilDay)}"`;
  }
  const program = policy?.programs[p];
  // Until the first evaluation under a new policy, the standings are those of the former one.
  if (policy === null || program === undefined || program.name !== standing.program) return text;
  if (isIncomplete(customer, policy, program)) text += ',"incomplete":true';
  if (program.population !== null) text += `,"cuts":${cutsText(program.population)}`;
  if (program.kind !== 'ladder' || program.exit !== null) return text;
  const above = program.tiers[positionOf(program, tier) - 1];
  if (above === undefined) return text;
  let missing = '';
  for (const part of missingFor(customer, policy, above.when)) {
    missing += `${missing === '' ? '' : ','}"${part.measure}":"${part.missing}"`;
  }
  return `${text},"next":{"tier":"${above.name}","missing":{${missing}}}`;
}

/** Whether the program's cuts are those of the population, and of which. */
function cutsText({ calibrated }: ProgramPopulation): string {
  if (calibrated === null) return '"fixed"';
  return `{"asOf":"${formatDay(calibrated.day)}","of":${calibrated.size}}`;
}

function measureText(customer: Customer, policy: Policy, measure: Measure): string | null {
  switch (measure.unit) {
    case 'count':
    case 'days':
    case 'flag':
      return formatMeasure(customer, policy, measure);
    case 'text':
    case 'topics':
      return JSON.stringify(measureOf(customer, policy, measure));
    default: {
      const value = formatMeasure(customer, policy, measure);
      return value === null ? null : `"${value}"`;
    }
  }
}

export function tiersOf(customer: Customer): CustomerTiers {
  return {
    customerId: customer.id,
    revision: customer.revision,
    asOfDay: customer.evaluatedDay,
    standings: customer.standings.map(({ program, tier, sinceDay, held }) => ({
      program,
      tier,
      sinceDay,
      // What stands above the ladder is not valid for as long as what it covers.
      validUntilDay: held !== null && held.tier === tier ? held.validUntilDay : null,
      incomplete: isIncompleteIn(customer, program),
    })),
  };
}

function isIncompleteIn(customer: Customer, name: string): boolean {
  const program = customer.policy?.programs.find(candidate => candidate.name === name);
  return program !== undefined && isIncomplete(customer, customer.policy!, program);
}
