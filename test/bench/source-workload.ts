/** The workload as a foreign system would write it: nested JSON with numbers, names and times of its own. */
import type { WorkloadEvent } from './workload.ts';

/** One topic holds all four kinds, as an event bus does. */
export function sourcesFile(topic: string): string {
  const money = ['amount: { path: sale.total, unit: minor }', 'currency: { path: sale.currency }'];
  return `sources:
  bench:
    topic: ${topic}
    format: json
    events:
${mapping('purchase', 'sale', money)}
${mapping('refund', 'return', money)}
${mapping('interaction', 'contact', ['kind: contact.medium'])}
${mapping('feedback', 'survey', ['score: survey.stars', 'scale: { const: 5 }'])}
`;
}

function mapping(type: string, kind: string, fields: readonly string[]): string {
  const common = [
    `when: { path: kind, in: [${kind}] }`,
    'eventId: meta.id',
    'customerId: meta.customer',
    'occurredAt: { path: meta.at, unit: epochMillis }',
  ];
  return [`      - type: ${type}`, ...[...common, ...fields].map(field => `        ${field}`)].join('\n');
}

export function foreignRecord(event: WorkloadEvent): string {
  const meta = { id: event.eventId, customer: event.customerId, at: event.occurredAt, producer: 'shop-7' };
  switch (event.type) {
    case 'purchase':
    case 'refund': {
      const kind = event.type === 'purchase' ? 'sale' : 'return';
      return JSON.stringify({ kind, meta, sale: { total: event.amountMinor, currency: 'GBP', store: 12 } });
    }
    case 'interaction':
      return JSON.stringify({ kind: 'contact', meta, contact: { medium: event.kind, agent: null } });
    case 'feedback':
      return JSON.stringify({
        kind: 'survey',
        meta,
        survey: { stars: event.score, comment: 'not mapped, so not kept' },
      });
  }
}
