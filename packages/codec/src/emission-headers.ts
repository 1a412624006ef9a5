/**
 * Headers of a `tier-changes` record: CloudEvents 1.0 in Kafka's binary mode. `ce_id` is made of the causing record's
 * place in the log, so a repeated emission is recognised, and recovery reads from it how far the output goes.
 */
import type { EmissionId } from '@tierflow/customer/changes';

export function emissionHeaders(
  namespace: string,
  partition: number,
  emission: { readonly id: EmissionId; readonly key: string; readonly recordedAt: number },
): Readonly<Record<string, string>> {
  const { id, key, recordedAt } = emission;
  return {
    ce_specversion: '1.0',
    ce_id: `${partition}-${id.offset}-${id.index}`,
    ce_source: `/tierflow/${namespace}`,
    ce_type: 'tierflow.tier.changed.v1',
    ce_subject: key,
    ce_time: new Date(recordedAt).toISOString(),
    'content-type': 'application/avro',
  };
}

/** null: the record is no emission of ours. */
export function parseEmissionId(
  headers: readonly { readonly key: string; readonly value: Buffer | string | null }[],
): EmissionId | null {
  const id = headers.find(({ key }) => key === 'ce_id')?.value?.toString() ?? '';
  const parts = /^\d{1,10}-(\d{1,16})-(\d{1,10})$/.exec(id);
  return parts === null ? null : { offset: Number(parts[1]), index: Number(parts[2]) };
}
