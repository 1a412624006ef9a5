/**
 * What a fold gave, in a few hashes.
 *
 * Emissions are hashed as Avro under the schemas of the log's release, as they stand in `schemas/released/`: in these bytes
 * consumers of that release read them. So a field that a later release adds does not show, and a value that the release
 * had no word for, or another order, or another id, does.
 */
import { createHash } from 'node:crypto';
import type { SchemaTopic } from '@tierflow/codec/schemas';
import { releasedSchemas, sampleType } from '@tierflow/codec/testing/releases';
import type { RealFold } from '../oracle/real-fold.ts';
import type { LogDigest, StateDigest } from './golden-logs.ts';

export function digestFold(fold: RealFold, release: string): LogDigest {
  const { records } = fold.log;
  const types = releasedTypes(release, 'tier-changes');
  const tiers = releasedTypes(release, 'customer-tiers').get('CustomerTiers')!;
  const emissions = createHash('sha256');
  for (const { id, record, standings } of fold.output.published) {
    const written = standings === null ? 'tombstone' : tiers.toBuffer(standings).toString('hex');
    const type = types.get(record.type);
    if (type === undefined) throw new Error(`Release ${release} had no ${record.type}, and its log gives one.`);
    emissions.update(`${id.offset}-${id.index} ${type.toBuffer(record).toString('hex')} ${written}\n`);
  }
  // They are reported at least once, and how a detail is worded may change.
  const rejected = new Set(
    fold.rejections.reported.map(({ offset, key, reason }) => JSON.stringify([offset, key, reason])),
  );
  const rejections = createHash('sha256');
  for (const line of rejected) rejections.update(`${line}\n`);
  return {
    records: records.length,
    events: records.filter(({ event }) => 'customerId' in event).length,
    emissions: { count: fold.output.published.length, sha256: emissions.digest('hex') },
    rejections: { count: rejected.size, sha256: rejections.digest('hex') },
  };
}

/** Heads, chunks, views, due days, counters and the partition's own state, byte by byte. */
export function digestState(fold: RealFold): StateDigest {
  const { heads, chunks } = fold.store.partition(0);
  return {
    customers: heads.size,
    chunks: chunks.size,
    sha256: createHash('sha256').update(JSON.stringify(fold.stored)).digest('hex'),
  };
}

/** By record. */
function releasedTypes(release: string, topic: SchemaTopic) {
  const schemas = releasedSchemas().filter(released => released.release === release && released.topic === topic);
  return new Map(schemas.map(({ schema }) => [schema.name!, sampleType(schema)]));
}
