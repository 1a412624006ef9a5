/**
 * What a fold gave, in a few hashes.
 *
 * Emissions are hashed as Avro under the schemas of the log's release, as they stand in `schemas/released/`: in these bytes
 * consumers of that release read them. So a field that a later release adds does not show, and a value that the release
 * had no word for, or another order, or another id, does.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { sampleType } from '@tierflow/codec/testing/releases';
import type { RealFold } from '../oracle/real-fold.ts';
import type { LogDigest, StateDigest } from './golden-logs.ts';

export function digestFold(fold: RealFold, release: string): LogDigest {
  const { records } = fold.log;
  const changes = releasedType(release, 'tier-changes/tier-changed.avsc');
  const tiers = releasedType(release, 'customer-tiers/customer-tiers.avsc');
  const emissions = createHash('sha256');
  for (const { id, change, standings } of fold.output.published) {
    const written = standings === null ? 'tombstone' : tiers.toBuffer(standings).toString('hex');
    emissions.update(`${id.offset}-${id.index} ${changes.toBuffer(change).toString('hex')} ${written}\n`);
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

function releasedType(release: string, file: string) {
  return sampleType(
    JSON.parse(readFileSync(new URL(`../../schemas/released/${release}/${file}`, import.meta.url), 'utf8')),
  );
}
