/** The inverse of the door: an event as the canonical object that `parseCanonicalLine` reads back to the same event. */

import { formatDecimal } from '@tierflow/customer/decimal';
import type { CustomerEvent } from '@tierflow/customer/events';
import { currencyDigits } from '../currency.ts';
import type { JsonObject } from './field-reader.ts';
import { formatCivilDay } from './instant.ts';

/**
 * `baseDigits` are those of the log's base currency. null: the event holds what the canonical form has no words for
 * (a currency that is none, a time beyond the calendar), which no door lets in but a foreign writer may have written.
 */
export function formatCanonical(event: CustomerEvent, baseDigits: number): JsonObject | null {
  if (!isCalendarTime(event.occurredAt)) return null;
  const head = {
    eventId: event.eventId,
    source: event.source,
    customerId: event.customerId,
    occurredAt: new Date(event.occurredAt).toISOString(),
  };
  switch (event.type) {
    case 'PurchaseRecorded':
    case 'PurchaseRefunded': {
      const digits = currencyDigits(event.currency);
      if (digits === null) return null;
      const margin = event.type === 'PurchaseRecorded' ? event.marginBaseMinor : null;
      return {
        type: event.type === 'PurchaseRecorded' ? 'purchase' : 'refund',
        ...head,
        ...stated('orderId', event.orderId),
        amount: formatDecimal(event.amountMinor, digits),
        currency: event.currency,
        ...stated('margin', margin === null ? null : formatDecimal(margin, baseDigits)),
        ...stated('channel', event.channel),
      };
    }
    case 'InteractionRecorded':
      return {
        type: 'interaction',
        ...head,
        kind: event.kind,
        ...stated('topic', event.topic),
        ...stated('responseSeconds', event.responseSeconds),
        ...stated('cost', event.costBaseMinor === null ? null : formatDecimal(event.costBaseMinor, baseDigits)),
      };
    case 'FeedbackReceived':
      return {
        type: 'feedback',
        ...head,
        score: event.scoreHundredths / 100,
        scale: event.scaleHundredths / 100,
        ...stated('topic', event.topic),
        ...stated('complaint', event.complaint || null),
      };
    case 'ProfileUpdated':
      return { type: 'profile', ...head, attributes: event.attributes };
    case 'StandingOverridden':
      if (event.untilDay !== null && !isCalendarTime(event.untilDay * 86_400_000)) return null;
      return {
        type: 'override',
        ...head,
        program: event.program,
        kind: event.kind,
        tier: event.tier,
        ...stated('until', event.untilDay === null ? null : formatCivilDay(event.untilDay)),
        actor: event.actor,
        reason: event.reason,
      };
    case 'OverrideEnded':
      return { type: 'overrideEnd', ...head, program: event.program, actor: event.actor, reason: event.reason };
    case 'CustomerForgotten':
      return { type: 'forget', ...head, actor: event.actor, reason: event.reason };
  }
}

const calendarEndMs = Date.UTC(2201, 0, 1);

function isCalendarTime(ms: number): boolean {
  return Number.isSafeInteger(ms) && ms >= 0 && ms < calendarEndMs;
}

/** Optional fields are left out rather than written as null. */
function stated(field: string, value: unknown): JsonObject {
  return value === null ? {} : { [field]: value };
}
