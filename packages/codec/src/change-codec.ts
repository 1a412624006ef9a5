/** Values of the topics that tierflow writes for others: `tier-changes`, `customer-tiers`, `rejected-events`. */
import type { CustomerTiers, TierChanged } from '@tierflow/customer/changes';
import type { Unreadable } from '@tierflow/customer/events';
import { RecordCodec } from './record-codec.ts';
import type { RejectedEvent } from './rejected-event.ts';
import type { SchemaIds, SchemaRegistry } from './schema-registry.ts';

export interface ChangeCodec {
  encodeTierChanged(change: TierChanged): Buffer;
  encodeCustomerTiers(tiers: CustomerTiers): Buffer;
  encodeRejectedEvent(rejected: RejectedEvent): Buffer;
  readTierChanged(value: Buffer | null): Promise<TierChanged | Unreadable>;
  /** A null value is a tombstone: ask for it before. */
  readCustomerTiers(value: Buffer | null): Promise<CustomerTiers | Unreadable>;
  readRejectedEvent(value: Buffer | null): Promise<RejectedEvent | Unreadable>;
}

export function changeCodec(registry: SchemaRegistry, ids: SchemaIds): ChangeCodec {
  const changes = new RecordCodec(registry, ids, ['TierChanged'], false);
  const tiers = new RecordCodec(registry, ids, ['CustomerTiers'], false);
  const rejected = new RecordCodec(registry, ids, ['RejectedEvent'], false);
  return {
    encodeTierChanged: value => changes.encode('TierChanged', value),
    encodeCustomerTiers: value => tiers.encode('CustomerTiers', value),
    encodeRejectedEvent: value => rejected.encode('RejectedEvent', value),
    readTierChanged: value => changes.read(value),
    readCustomerTiers: value => tiers.read(value),
    readRejectedEvent: value => rejected.read(value),
  };
}
