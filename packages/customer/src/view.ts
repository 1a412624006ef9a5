/**
 * The view of a customer: what any client reads from Redis without tierflow. Standings and measures as of a day; money
 * as decimal strings. It is rewritten whenever a stored number changes, by a fact or by time alone; days `since` grow
 * by one each day after `asOf`.
 */
import type { CustomerTiers } from './changes.ts';
import type { Customer } from './customer.ts';
import { formatDay } from './epoch-day.ts';
import { formatMeasure, isIncomplete } from './measure.ts';
import type { Policy } from './policy.ts';

export function viewOf(customer: Customer, policy: Policy | null): string {
  let standings = '';
  for (const { program, tier, sinceDay } of customer.standings) {
    const comma = standings === '' ? '' : ',';
    const name = tier === null ? 'null' : `"${tier}"`;
    standings += `${comma}"${program}":{"tier":${name},"since":"${formatDay(sinceDay)}"}`;
  }
  let measures = '';
  if (policy !== null) {
    for (const measure of policy.measures) {
      const value = formatMeasure(customer, policy, measure);
      const comma = measures === '' ? '' : ',';
      const isNumber = measure.unit === 'count' || measure.unit === 'days';
      measures += `${comma}"${measure.name}":${value === null || isNumber ? value : `"${value}"`}`;
    }
  }
  const id = JSON.stringify(customer.id);
  return `{"customerId":${id},"asOf":"${formatDay(customer.evaluatedDay)}","policyVersion":${customer.policyVersion},"revision":${customer.revision},"standings":{${standings}},"measures":{${measures}}}`;
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
      validUntilDay: held?.validUntilDay ?? null,
      incomplete: isIncompleteIn(customer, program),
    })),
  };
}

function isIncompleteIn(customer: Customer, name: string): boolean {
  const program = customer.policy?.programs.find(candidate => candidate.name === name);
  return program !== undefined && isIncomplete(customer, customer.policy!, program);
}
