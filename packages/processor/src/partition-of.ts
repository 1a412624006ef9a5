/**
 * Where a customer lives: the partition by Kafka's default partitioner (so that any producer agrees), the slice by the
 * same hash mixed once more, because within a partition the hash modulo a power of two is half fixed already.
 */
import { murmur2 } from '@tierflow/window/hash';

export function partitionOf(customerId: string, partitions: number): number {
  return murmur2(customerId) % partitions;
}

export function sliceOf(customerId: string, slices: number): number {
  return (Math.imul(murmur2(customerId), 0x9e3779b1) >>> 8) % slices;
}
