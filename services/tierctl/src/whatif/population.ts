/** Everybody of the base, one after the other, as an engine's store holds them. */
import { attachChunks, decodeHead } from '@tierflow/customer/customer-codec';
import { netSpendMinor } from '@tierflow/customer/net-spend';
import type { PartitionState } from '@tierflow/processor/partition-state';
import type { EmbeddedEngine } from '../backtest/embedded-engine.ts';
import type { CustomerAfter, Move } from './migration.ts';

/** Customers by version that they are judged under, program and tier. */
export class StandingCount {
  readonly #counts = new Map<string, number>();

  add(version: number, program: string, tier: string): void {
    const key = JSON.stringify([version, program, tier]);
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  *entries(): Generator<{ version: number; program: string; tier: string; customers: number }> {
    for (const [key, customers] of this.#counts) {
      const [version, program, tier] = JSON.parse(key) as [number, string, string];
      yield { version, program, tier, customers };
    }
  }
}

type Partitions = readonly { readonly partition: number; readonly state: PartitionState }[];

/** Heads are enough: tiles do not say who stands where. */
export function countStandings(engine: EmbeddedEngine, partitions: Partitions): StandingCount {
  const count = new StandingCount();
  for (const { partition, state } of partitions) {
    for (const [id, head] of engine.store.partition(partition).heads) {
      const { customer } = decodeHead(id, head, state);
      for (const { program, tier } of customer.standings) {
        if (tier !== null) count.add(customer.policyVersion, program, tier);
      }
    }
  }
  return count;
}

export interface Predicted {
  readonly version: number;
  readonly customer: CustomerAfter;
}

/** With what they spent in the days that end with the day that they are as of. */
export async function* everybody(
  engine: EmbeddedEngine,
  partitions: Partitions,
  changesOf: (customerId: string) => readonly Move[],
  revenueDays: number,
): AsyncGenerator<Predicted> {
  for (const { partition, state } of partitions) {
    for await (const [customerId, stored] of engine.customersOf(partition)) {
      const { customer } = decodeHead(customerId, stored.head, state);
      attachChunks(customer, stored.chunks);
      const day = Math.max(state.logDay, customer.evaluatedDay);
      yield {
        version: customer.policyVersion,
        customer: {
          customerId,
          revenueMinor: netSpendMinor(customer, day, revenueDays),
          standings: customer.standings,
          changes: changesOf(customerId),
        },
      };
    }
  }
}
