/** The workload as a foreign system would write it: nested JSON with numbers, names and times of its own. */
import type { WorkloadEvent } from './workload.ts';

/** One topic holds all four kinds, as an event bus does. */
export function sourcesFile(topic: string): string {
  return `sources:
  bench:
    topic: ${topic}
    format: json
    events:
      - type: purchase
        when: { path: kind, in: [sale] }
        eventId: meta.id
        customerId: meta.customer
        occurredAt: { path: meta.at, unit: epochMillis }
        amount: { path: sale.total, unit: minor }
        currency: { path: sale.currency }
      - type: refund
        when: { path: kind, in: [return] }
        eventId: meta.id
        customerId: meta.customer
        occurredAt: { path: meta.at, unit: epochMillis }
        amount: { path: sale.total, unit: minor }
        currency: { path: sale.currency }
      - type: interaction
        when: { path: kind, in: [contact] }
        eventId: meta.id
        customerId: meta.customer
        occurredAt: { path: meta.at, unit: epochMillis }
        kind: contact.medium
      - type: feedback
        when: { path: kind, in: [survey] }
        eventId: meta.id
        customerId: meta.customer
        occurredAt: { path: meta.at, unit: epochMillis }
        score: survey.stars
        scale: { const: 5 }
`;
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
