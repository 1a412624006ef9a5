/**
 * Headers of a `tier-changes` record: CloudEvents 1.0 in Kafka's binary mode. `ce_id` is made of the causing record's
 * place in the log, so a repeated emission is recognised, and recovery reads from it how far the output goes. By `ce_type`
 * a consumer passes over what it does not act on without decoding it.
 */
import type { EmissionId, TierRecord } from '@tierflow/customer/changes';

const eventTypes: Readonly<Record<TierRecord['type'], string>> = {
  TierChanged: 'tierflow.tier.changed.v1',
  StandingRenewed: 'tierflow.tier.renewed.v1',
  Expiring: 'tierflow.tier.expiring.v1',
  Approaching: 'tierflow.tier.approaching.v1',
};

/** As many digits as a revision may have on the wire: `ce_sequence` is compared as text. */
const revisionDigits = 10;

export interface HeadedEmission {
  readonly id: EmissionId;
  readonly type: TierRecord['type'];
  readonly revision: number;
  readonly key: string;
  readonly recordedAt: number;
}

export function emissionHeaders(
  namespace: string,
  partition: number,
  emission: HeadedEmission,
): Readonly<Record<string, string>> {
  const { id, type, revision, key, recordedAt } = emission;
  return {
    ce_specversion: '1.0',
    ce_id: `${partition}-${id.offset}-${id.index}`,
    ce_source: `/tierflow/${namespace}`,
    ce_type: eventTypes[type],
    ce_subject: key,
    ce_time: new Date(recordedAt).toISOString(),
    ce_partitionkey: key,
    ce_sequence: String(revision).padStart(revisionDigits, '0'),
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
