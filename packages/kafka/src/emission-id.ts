/** The identity of an emission as its record carries it: the CloudEvents header `ce_id`, `<partition>-<offset>-<index>`. */
import type { EmissionId } from '@tierflow/customer/changes';
import type { RecordHeader } from './record-batch.ts';

const format = /^(\d{1,10})-(\d{1,16})-(\d{1,10})$/;

/** null: the record was not written as an emission of this partition. */
export function emissionIdOf(partition: number, headers: readonly RecordHeader[]): EmissionId | null {
  const value = headers.find(header => header.key === 'ce_id')?.value;
  const parts = format.exec(value?.toString('latin1') ?? '');
  if (parts === null || Number(parts[1]) !== partition) return null;
  return { offset: Number(parts[2]), index: Number(parts[3]) };
}
