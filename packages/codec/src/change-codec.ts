/** Values of the topics that tierflow writes for others: `tier-changes`, `customer-tiers`, `rejected-events`. */
import type { CustomerTiers, TierRecord } from '@tierflow/customer/changes';
import type { Unreadable } from '@tierflow/customer/events';
import { RecordCodec } from './record-codec.ts';
import type { RejectedEvent } from './rejected-event.ts';
import type { SchemaIds, SchemaRegistry } from './schema-registry.ts';

/** In the order of their numbers in the outbox, which never change. */
export const tierRecordTypes = ['TierChanged', 'StandingRenewed', 'Expiring', 'Approaching'] as const;

export interface ChangeCodec {
  encodeTierRecord(record: TierRecord): Buffer;
  encodeCustomerTiers(tiers: CustomerTiers): Buffer;
  encodeRejectedEvent(rejected: RejectedEvent): Buffer;
  readTierRecord(value: Buffer | null): Promise<TierRecord | Unreadable>;
  /** A null value is a tombstone: ask for it before. */
  readCustomerTiers(value: Buffer | null): Promise<CustomerTiers | Unreadable>;
  readRejectedEvent(value: Buffer | null): Promise<RejectedEvent | Unreadable>;
}

export function changeCodec(registry: SchemaRegistry, ids: SchemaIds): ChangeCodec {
  const changes = new RecordCodec(registry, ids, tierRecordTypes, true);
  const tiers = new RecordCodec(registry, ids, ['CustomerTiers'], false);
  const rejected = new RecordCodec(registry, ids, ['RejectedEvent'], false);
  return {
    encodeTierRecord: value => changes.encode(value.type, value),
    encodeCustomerTiers: value => tiers.encode('CustomerTiers', value),
    encodeRejectedEvent: value => rejected.encode('RejectedEvent', value),
    readTierRecord: value => changes.read(value),
    readCustomerTiers: value => tiers.read(value),
    readRejectedEvent: value => rejected.read(value),
  };
}
