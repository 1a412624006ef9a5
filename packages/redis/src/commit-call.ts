/** A commit as the arguments of the function `commit`; functions/commit.lua names them in order. */
import type { Commit, DueWrite } from '@tierflow/processor/ports';
import { formatEmissionId } from './emission-id.ts';
import { functionNames } from './function-library.ts';
import type { PartitionKeys } from './keys.ts';
import { encodeOutboxEntry } from './outbox-entry.ts';
import { FunctionCall } from './prebuilt-command.ts';

const sizeHint = 65_536;

export function commitCall(keys: PartitionKeys, commit: Commit): FunctionCall {
  const { flow, stock, records } = commit.counters;
  const slices = bySlice(commit.due);
  const call = new FunctionCall(
    functionNames.commit,
    [keys.meta, keys.outbox, keys.flow, keys.stock, keys.records, keys.digest],
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
    .text(String(commit.droppedChunks.length + 2 * commit.droppedCustomers.length))
    .text(String(commit.heads.length + commit.views.length + commit.chunks.length))
    .text(String(flow.size))
    .text(String(stock.size))
    .text(String(records.size))
    .text(String(slices.size))
    .text(String(commit.digests.size));

  // 3. Keys to delete, then values to set.
  for (const { customerId, sequence } of commit.droppedChunks) call.text(keys.chunk(customerId, sequence));
  for (const id of commit.droppedCustomers) call.text(keys.state(id)).text(keys.view(id));
  for (const { customerId, bytes } of commit.heads) call.text(keys.state(customerId)).blob(bytes);
  for (const { customerId, json } of commit.views) call.text(keys.view(customerId)).text(json);
  for (const { customerId, sequence, bytes } of commit.chunks) call.text(keys.chunk(customerId, sequence)).blob(bytes);

  // 4. Counters.
  for (const table of [flow, stock, records]) {
    for (const [name, value] of table) call.text(name).text(String(value));
  }

  // 5. Digests.
  for (const [slice, digest] of commit.digests) call.text(String(slice)).text(digest);

  // 6. The due index, slice by slice.
  for (const [slice, { removed, added }] of slices) {
    call.text(keys.due(slice)).text(String(removed.length)).text(String(added.length));
    for (const id of removed) call.text(id);
    for (const { customerId, day } of added) call.text(formatDay(day)).text(customerId);
  }
  return call;
}

/** '' stands for none. */
export function formatCursor(cursor: number | null): string {
  return cursor === null ? '' : String(cursor);
}

export function formatDay(day: number): string {
  return day === Number.POSITIVE_INFINITY ? '+inf' : String(day);
}

interface SliceWrites {
  readonly removed: string[];
  readonly added: { readonly customerId: string; readonly day: number }[];
}

function bySlice(due: readonly DueWrite[]): Map<number, SliceWrites> {
  const slices = new Map<number, SliceWrites>();
  for (const { customerId, slice, day } of due) {
    let writes = slices.get(slice);
    if (writes === undefined) {
      writes = { removed: [], added: [] };
      slices.set(slice, writes);
    }
    if (day === null) writes.removed.push(customerId);
    else writes.added.push({ customerId, day });
  }
  return slices;
}
