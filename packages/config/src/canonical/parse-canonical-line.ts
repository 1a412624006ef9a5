/** The door for events in tierflow's own JSON: one line to the event that goes into the log, or the reason why not. */
import type { Buffer } from 'node:buffer';
import type { CustomerEvent } from '@tierflow/customer/events';
import { businessDayIn } from '../business-day.ts';
import { currencyDigits } from '../currency.ts';
import { noConversion } from './conversion.ts';
import { FieldReader } from './field-reader.ts';
import { readCustomerEvent } from './read-customer-event.ts';
import { readJsonLine } from './read-json.ts';
import type { Rejected } from './rejection.ts';

export const canonicalLineBytesMax = 65_536;

export interface CanonicalContext {
  readonly zone: string;
  readonly baseCurrency: string;
  /** The door's clock: an event more than a day ahead of it is refused. null: not checked. */
  readonly nowMs: number | null;
  readonly bootstrap: boolean;
  /** For lines that name none. */
  readonly defaultSource: string;
}

export type CanonicalResult = { readonly ok: true; readonly event: CustomerEvent } | Rejected;

const noPosition: readonly string[] = [];

export function parseCanonicalLine(line: Buffer | string, context: CanonicalContext): CanonicalResult {
  const json = readJsonLine(line, canonicalLineBytesMax);
  if (!json.ok) return json;
  const fields = new FieldReader(json.value);
  const event = readCustomerEvent(fields, {
    baseDigits: currencyDigits(context.baseCurrency) ?? 0,
    conversion: noConversion(context.baseCurrency),
    nowMs: context.nowMs,
    defaultSource: context.defaultSource,
    position: noPosition,
    businessDayOf: businessDayIn(context.zone),
    bootstrap: context.bootstrap,
  });
  return fields.rejected ?? { ok: true, event: event! };
}
