/** Events in tierflow's own JSON to customers and their measures, as of a day: by the door and the fold of the product. */
import { parseCanonicalLine } from '@tierflow/config/canonical/parse-canonical-line';
import { Customer } from '@tierflow/customer/customer';
import { tell } from '@tierflow/customer/customer-under-test';
import { parseDay } from '@tierflow/customer/epoch-day';
import { measureOf } from '@tierflow/customer/measure';
import type { Policy } from '@tierflow/customer/policy';
import { advanceTotals, rebuildTotals } from '@tierflow/customer/rolling';

/** By customer and measure; null where there is nothing to measure. Of a policy whose measures are all integers. */
export function measuredCustomers(
  lines: readonly string[],
  baseCurrency: string,
  policy: Policy,
  asOf: string,
): Map<string, Record<string, number | null>> {
  const context = { zone: 'UTC', baseCurrency, nowMs: null, bootstrap: false, defaultSource: 'published' };
  const customers = new Map<string, Customer>();
  for (const line of lines) {
    const read = parseCanonicalLine(line, context);
    if (!read.ok) throw new Error(read.message.en);
    const { event } = read;
    if (event.type !== 'PurchaseRecorded' && event.type !== 'PurchaseRefunded') throw new Error(`Unforeseen: ${line}`);
    let customer = customers.get(event.customerId);
    if (customer === undefined) {
      customer = new Customer(event.customerId);
      customer.evaluatedDay = event.businessDay;
      rebuildTotals(customer, policy);
      customers.set(event.customerId, customer);
    }
    if (tell(customer, event) !== 'applied') throw new Error(`Not applied: ${line}`);
  }
  const day = parseDay(asOf)!;
  return new Map([...customers].map(([id, customer]) => [id, measuresOn(customer, policy, day)]));
}

function measuresOn(customer: Customer, policy: Policy, day: number): Record<string, number | null> {
  advanceTotals(customer, day);
  return Object.fromEntries(
    policy.measures.map(measure => {
      const value = measureOf(customer, policy, measure);
      if (value === null) return [measure.name, null];
      if (typeof value !== 'object' || !('numerator' in value) || value.denominator !== 1) {
        throw new Error(`${measure.name} is no integer.`);
      }
      return [measure.name, value.numerator];
    }),
  );
}
