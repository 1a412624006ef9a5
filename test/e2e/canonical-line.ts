/** Lines of canonical JSON, right unless a test makes them wrong. */
let written = 0;

const first = { source: 'shop', occurredAt: '2024-03-01T10:00:00Z' };

export function purchaseLine(
  customerId: string,
  amount: string,
  fields: Readonly<Record<string, unknown>> = {},
): string {
  const eventId = `p${++written}`;
  return JSON.stringify({ type: 'purchase', eventId, ...first, customerId, amount, currency: 'GBP', ...fields });
}

export function line(type: string, customerId: string, fields: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ type, eventId: `e${++written}`, ...first, customerId, ...fields });
}
