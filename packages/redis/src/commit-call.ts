/** A commit as the arguments of the function `commit`; functions/commit.lua names them in order. */
import type { Commit } from '@tierflow/processor/ports';
import { formatEmissionId } from './emission-id.ts';
import { functionNames } from './function-library.ts';
import type { PartitionKeys } from './keys.ts';
import { encodeOutboxEntry } from './outbox-entry.ts';
import { FunctionCall } from './prebuilt-command.ts';
import { sortedSetWrites } from './sorted-set-writes.ts';

const sizeHint = 65_536;

export function commitCall(keys: PartitionKeys, commit: Commit): FunctionCall {
  const { flow, stock, records, headline } = commit.counters;
  const sets = sortedSetWrites(keys, commit.due, commit.ranks);
  const call = new FunctionCall(
    functionNames.commit,
    [keys.meta, keys.outbox, ...keys.counters, keys.digest],
    sizeHint,
  );

  // 1. Who commits what step, and what goes into meta and outbox.
  call
    .text(commit.token)
    .text(formatCursor(commit.expectedCursor))
    .text(String(commit.nextCursor))
    .text(commit.acknowledged === null ? '' : formatEmissionId(commit.acknowledged))
    .text(String(commit.stateFormat))
    .text(String(commit.foldVersion))
    .text(commit.partitionState ?? '');
  if (commit.outbox === null) call.text('');
  else call.blob(encodeOutboxEntry(commit.outbox));

  // 2. How much follows.
  call
    .text(String(commit.droppedChunks.length + 2 * commit.droppedCustomers.length + commit.droppedRankings.length))
    .text(String(commit.heads.length + commit.views.length + commit.chunks.length + commit.closings.length))
    .text(String(flow.size))
    .text(String(stock.size))
    .text(String(records.size))
    .text(String(headline.size))
    .text(String(sets.size))
    .text(String(commit.digests.size));

  // 3. Keys to delete, then values to set.
  for (const { customerId, sequence } of commit.droppedChunks) call.text(keys.chunk(customerId, sequence));
  for (const id of commit.droppedCustomers) call.text(keys.state(id)).text(keys.view(id));
  for (const ranking of commit.droppedRankings) call.text(keys.rank(ranking));
  for (const { customerId, bytes } of commit.heads) call.text(keys.state(customerId)).blob(bytes);
  for (const { customerId, json } of commit.views) call.text(keys.view(customerId)).text(json);
  for (const { customerId, sequence, bytes } of commit.chunks) call.text(keys.chunk(customerId, sequence)).blob(bytes);
  for (const { day, json } of commit.closings) call.text(keys.closing(day)).text(json);

  // 4. Counters.
  for (const table of [flow, stock, records, headline]) {
    for (const [name, value] of table) call.text(name).text(String(value));
  }

  // 5. Digests.
  for (const [slice, digest] of commit.digests) call.text(String(slice)).text(digest);

  // 6. The due index, slice by slice, and the rank indexes.
  for (const [key, { removed, added }] of sets) {
    call.text(key).text(String(removed.length)).text(String(added.length));
    for (const id of removed) call.text(id);
    for (const { customerId, score } of added) call.text(formatScore(score)).text(customerId);
  }
  return call;
}

/** '' stands for none. */
export function formatCursor(cursor: number | null): string {
  return cursor === null ? '' : String(cursor);
}

/** A due day may be the end of time. */
export function formatScore(score: number): string {
  return score === Number.POSITIVE_INFINITY ? '+inf' : String(score);
}
