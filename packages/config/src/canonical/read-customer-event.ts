/**
 * The fields of a fact or a decision to the event that the log carries. Doors and exported logs share it; what differs
 * between them (what a time or a currency may be, where the business day comes from) is in the terms.
 */
import type { CustomerEvent, FactBase } from '@tierflow/customer/events';
import { currencyDigits } from '../currency.ts';
import type { Conversion } from './conversion.ts';
import type { FieldReader } from './field-reader.ts';
import { minorUnitsMax } from './minor-units.ts';

export interface Terms {
  readonly baseDigits: number;
  /** What money is worth in the base currency; null: any currency is taken, its worth stands on the line. */
  readonly conversion: Conversion | null;
  /** Times more than a day later are refused; null: not checked. */
  readonly nowMs: number | null;
  /** Where the line names no source; null: it must. */
  readonly defaultSource: string | null;
  /** Stands on the line beyond the fields of the event. */
  readonly position: readonly string[];
  readonly businessDayOf: (instantMs: number) => number;
  readonly bootstrap: boolean;
}

const dayMs = 86_400_000;
const head = ['type', 'eventId', 'source', 'customerId', 'occurredAt'];

/** What an event may say. The source is named by the line, or by whoever maps a record. */
export const fieldsByType = {
  purchase: [...head, 'orderId', 'amount', 'currency', 'margin', 'channel'],
  refund: [...head, 'orderId', 'amount', 'currency', 'channel'],
  interaction: [...head, 'kind', 'topic', 'responseSeconds', 'cost'],
  feedback: [...head, 'score', 'scale', 'topic', 'complaint'],
  profile: [...head, 'attributes'],
  override: [...head, 'program', 'kind', 'tier', 'until', 'actor', 'reason'],
  overrideEnd: [...head, 'program', 'actor', 'reason'],
  forget: [...head, 'actor', 'reason'],
} as const;

export type CanonicalType = keyof typeof fieldsByType;
export const canonicalTypes = Object.keys(fieldsByType) as readonly CanonicalType[];

const fieldSets = new Map<readonly string[], Map<string, ReadonlySet<string>>>();

/** What the reader found wrong is in `fields.rejected`; the event counts only where that is null. */
export function readCustomerEvent(fields: FieldReader, terms: Terms): CustomerEvent | null {
  const type = fields.string('type');
  const known = knownFields(terms.position).get(type);
  if (known === undefined) {
    fields.reject('unknownType', { field: 'type', value: type, known: canonicalTypes });
    return null;
  }
  fields.onlyKnown(known);
  return fields.rejected ? null : readBody(type as CanonicalType, fields, terms);
}

function readBody(type: CanonicalType, fields: FieldReader, terms: Terms): CustomerEvent {
  const base = readBase(fields, terms);
  switch (type) {
    case 'purchase': {
      const orderId = fields.optionalId('orderId');
      const money = readMoney(fields, terms, base.businessDay);
      const marginBaseMinor = readMargin(fields, terms, money.currency, base.businessDay);
      const channel = fields.optionalLabel('channel');
      return { type: 'PurchaseRecorded', ...base, orderId, ...money, marginBaseMinor, channel };
    }
    case 'refund':
      return {
        type: 'PurchaseRefunded',
        ...base,
        orderId: fields.optionalId('orderId'),
        ...readMoney(fields, terms, base.businessDay),
        channel: fields.optionalLabel('channel'),
      };
    case 'interaction':
      return {
        type: 'InteractionRecorded',
        ...base,
        kind: fields.label('kind'),
        topic: fields.optionalLabel('topic'),
        responseSeconds: fields.optionalSeconds('responseSeconds'),
        costBaseMinor: fields.optionalAmountNotNegative('cost', terms.baseDigits),
      };
    case 'feedback':
      return {
        type: 'FeedbackReceived',
        ...base,
        ...fields.score(),
        topic: fields.optionalLabel('topic'),
        complaint: fields.optionalBoolean('complaint'),
      };
    case 'profile':
      return { type: 'ProfileUpdated', ...base, attributes: fields.attributes('attributes') };
    case 'override':
      return {
        type: 'StandingOverridden',
        ...base,
        program: fields.label('program'),
        kind: fields.choice('kind', ['pin', 'floor', 'cap']),
        tier: fields.label('tier'),
        untilDay: fields.optionalDate('until'),
        actor: fields.id('actor'),
        reason: fields.text('reason'),
      };
    case 'overrideEnd':
      return {
        type: 'OverrideEnded',
        ...base,
        program: fields.label('program'),
        actor: fields.id('actor'),
        reason: fields.text('reason'),
      };
    case 'forget':
      return { type: 'CustomerForgotten', ...base, actor: fields.id('actor'), reason: fields.text('reason') };
  }
}

function readBase(fields: FieldReader, terms: Terms): FactBase {
  const eventId = fields.id('eventId');
  const source = terms.defaultSource !== null && !fields.has('source') ? terms.defaultSource : fields.id('source');
  const customerId = fields.id('customerId');
  const occurredAt = fields.instant('occurredAt');
  const businessDay = terms.businessDayOf(occurredAt);
  if (occurredAt < 0 || businessDay < 0) {
    fields.reject('badTime', { field: 'occurredAt', value: fields.string('occurredAt') });
  }
  if (terms.nowMs !== null && occurredAt > terms.nowMs + dayMs) {
    fields.reject('inFuture', { field: 'occurredAt', value: fields.string('occurredAt') });
  }
  return { eventId, source, customerId, occurredAt, businessDay, bootstrap: terms.bootstrap };
}

function readMoney(fields: FieldReader, terms: Terms, businessDay: number) {
  const { code, digits } = fields.currency('currency');
  const amountMinor = fields.positiveAmount('amount', digits, code);
  if (terms.conversion !== null) {
    const amountBaseMinor = convert(fields, terms.conversion, { field: 'amount', amountMinor, code, businessDay });
    if (amountBaseMinor === 0) {
      const { baseCurrency } = terms.conversion;
      fields.reject('amountRoundsToZero', { field: 'amount', value: fields.string('amount'), expected: baseCurrency });
    }
    return { amountMinor, currency: code, amountBaseMinor };
  }
  const amountBaseMinor = fields.has('amountBaseMinor') ? fields.integer('amountBaseMinor') : amountMinor;
  return { amountMinor, currency: code, amountBaseMinor };
}

/** Of the amount's currency at the door. The log holds it in the base currency, and so does an exported line. */
function readMargin(fields: FieldReader, terms: Terms, code: string, businessDay: number): number | null {
  if (terms.conversion === null) return fields.optionalAmount('margin', terms.baseDigits);
  const amountMinor = fields.optionalAmount('margin', currencyDigits(code) ?? 0);
  return amountMinor && convert(fields, terms.conversion, { field: 'margin', amountMinor, code, businessDay });
}

interface Money {
  readonly field: string;
  readonly amountMinor: number;
  readonly code: string;
  readonly businessDay: number;
}

function convert(
  fields: FieldReader,
  conversion: Conversion,
  { field, amountMinor, code, businessDay }: Money,
): number {
  // What was read after the first wrong field is a placeholder, which no rate is asked for.
  if (fields.rejected) return amountMinor;
  const baseMinor = conversion.toBase(amountMinor, code, businessDay);
  if (baseMinor === null) {
    fields.reject('currencyWithoutRate', { field: 'currency', value: code, expected: conversion.baseCurrency });
  } else if (Math.abs(baseMinor) > minorUnitsMax) {
    fields.reject('amountTooLarge', { field, value: fields.string(field) });
  }
  return baseMinor ?? amountMinor;
}

function knownFields(position: readonly string[]): Map<string, ReadonlySet<string>> {
  let sets = fieldSets.get(position);
  if (sets === undefined) {
    sets = new Map(Object.entries(fieldsByType).map(([type, fields]) => [type, new Set([...fields, ...position])]));
    fieldSets.set(position, sets);
  }
  return sets;
}
