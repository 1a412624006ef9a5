/**
 * What should never come and does. Every record says in a header which rejection it must meet, so an audit that reads the
 * topics afterwards knows what to expect of each, however often a broken connection had it written.
 */
import type { EventCodec } from '@tierflow/codec/event-codec';
import type { EpochDay, PurchaseRecorded } from '@tierflow/customer/events';
import { partitionOf } from '@tierflow/processor/partition-of';

export interface HostileRecord {
  readonly key: string | null;
  readonly value: Buffer | null;
  /** What it is rejected for; a mapping adds which of the record's events it was. */
  readonly reason: string;
}

export const reasonHeader = 'chaos-rejected-for';

const dayMs = 86_400_000;
const yearDays = 365;

/** Into a source topic, where `key` must be the customer. */
export function hostileOrders(day: EpochDay, id: string): HostileRecord[] {
  const at = new Date(day * dayMs).toISOString();
  const order = { kind: 'order', id, customer: 'hostile', at, total: '9.00' };
  const text = JSON.stringify(order);
  const with_ = (fields: object) => JSON.stringify({ ...order, ...fields });
  const nested = `${'['.repeat(1000)}${']'.repeat(1000)}`;
  const nextYear = new Date(Date.now() + yearDays * dayMs).toISOString();
  const records: readonly (readonly [key: string | null, value: string | null, reason: string])[] = [
    ['hostile', text.slice(0, -5), 'notJson'],
    ['hostile', with_({ note: 'x'.repeat(2 * 1024 * 1024) }), 'tooLong'],
    ['hostile', `${text.slice(0, -1)},"deep":${nested}}`, 'tooDeep'],
    ['hostile', `${text.slice(0, -1)},"__proto__":{"total":"1.00"}}`, 'forbiddenKey'],
    ['hostile', text.replace('"9.00"', 'NaN'), 'notJson'],
    ['hostile', text.replace('"9.00"', '1e400'), 'badAmount#0'],
    ['hostile', with_({ at: nextYear }), 'inFuture#0'],
    [null, text, 'keyDiffers#0'],
    ['another', text, 'keyDiffers#0'],
    ['hostile', null, 'nullValue'],
  ];
  return records.map(([key, value, reason]) => ({ key, value: value === null ? null : Buffer.from(value), reason }));
}

/** Into a partition of the log itself, past intake. */
export function hostileLogRecords(
  codec: EventCodec,
  day: EpochDay,
  id: string,
  partition: number,
  partitions: number,
): HostileRecord[] {
  const [home, away] = [customerIn(partition, partitions, true), customerIn(partition, partitions, false)];
  const purchase = (customerId: string, businessDay = day): Buffer => {
    const event: PurchaseRecorded = {
      type: 'PurchaseRecorded',
      eventId: id,
      source: 'stranger',
      customerId,
      occurredAt: businessDay * dayMs,
      businessDay,
      bootstrap: false,
      orderId: null,
      amountMinor: 100,
      currency: 'GBP',
      amountBaseMinor: 100,
      marginBaseMinor: null,
      channel: null,
    };
    return codec.encodeEvent(event);
  };
  const fact = purchase(home);
  const unknownSchema = Buffer.from(fact);
  unknownSchema.writeInt32BE(999_999, 1);
  return [
    { key: home, value: null, reason: 'unreadable' },
    { key: home, value: Buffer.from('{"type":"purchase"}'), reason: 'unreadable' },
    { key: home, value: unknownSchema, reason: 'unreadable' },
    { key: home, value: fact.subarray(0, -3), reason: 'unreadable' },
    { key: null, value: fact, reason: 'misrouted' },
    { key: away, value: purchase(away), reason: 'misrouted' },
    { key: home, value: purchase(home, day + yearDays), reason: 'inFuture' },
  ];
}

function customerIn(partition: number, partitions: number, isAtHome: boolean): string {
  for (let n = 0; ; n++) {
    const id = `stranger-${n}`;
    if ((partitionOf(id, partitions) === partition) === isAtHome) return id;
  }
}
