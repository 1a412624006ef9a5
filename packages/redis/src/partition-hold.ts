/**
 * A partition in the hands of an operator: every owner waits until it is released. For a backup, which must see one
 * instant, and for a restore, which writes. A hold ends by itself, so one whose process died costs the partition seconds.
 */
import { randomBytes } from 'node:crypto';
import { PortFailure } from '@tierflow/processor/errors';
import type { StoredOutboxEntry } from '@tierflow/processor/ports';
import type { Redis } from 'ioredis';
import { formatScore } from './commit-call.ts';
import { toPortError } from './errors.ts';
import { ensureFunctions, functionNames } from './function-library.ts';
import { checkNamespace, PartitionKeys } from './keys.ts';
import { encodeOutboxEntry } from './outbox-entry.ts';
import { FunctionCall } from './prebuilt-command.ts';

/** `take`: the holder becomes the owner, may write, and fences whoever was it. `keep`: the owner goes on afterwards. */
export type HoldMode = 'take' | 'keep';

/** A customer as it is put back. */
export interface PutCustomer {
  readonly id: string;
  readonly slice: number;
  readonly dueDay: number;
  readonly head: Uint8Array;
  readonly view: string | null;
  readonly chunks: readonly { readonly sequence: number; readonly bytes: Uint8Array }[];
  /** Places in rank indexes. */
  readonly ranks: readonly { readonly ranking: string; readonly value: number }[];
}

const holdMs = 20_000;

export class PartitionHold {
  /** Owner's token where it took the partition. */
  readonly token: string;
  readonly #client: Redis;
  readonly #keys: PartitionKeys;
  readonly #partition: number;
  readonly #mode: HoldMode;

  static async begin(client: Redis, namespace: string, partition: number, mode: HoldMode): Promise<PartitionHold> {
    await ensureFunctions(client);
    const hold = new PartitionHold(client, namespace, partition, mode);
    await hold.extend();
    return hold;
  }

  private constructor(client: Redis, namespace: string, partition: number, mode: HoldMode) {
    this.token = `hold-${randomBytes(8).toString('hex')}`;
    this.#client = client;
    this.#keys = new PartitionKeys(checkNamespace(namespace), partition);
    this.#partition = partition;
    this.#mode = mode;
  }

  /** Holds on from now. To be called between pieces of work, each of which takes far less than a hold lasts. */
  async extend(): Promise<void> {
    const call = new FunctionCall(functionNames.hold, [this.#keys.meta])
      .text(this.token)
      .text(String(holdMs))
      .text(this.#mode === 'take' ? 'take' : '');
    await this.#send(call);
  }

  /** Gives the partition back. Tells the cursor, and whether it was held to the end. */
  async release(): Promise<{ readonly wasHeld: boolean; readonly cursor: number | null }> {
    const reply = await this.#send(new FunctionCall(functionNames.release, [this.#keys.meta]).text(this.token));
    const [, wasHeld, cursor] = reply.map(value => (value === null ? null : String(value)));
    return { wasHeld: wasHeld === '1', cursor: cursor == null ? null : Number(cursor) };
  }

  /** Writes values of a partition that was reset, ahead of the commit that sets its cursor. */
  async put(customers: readonly PutCustomer[], outbox: readonly StoredOutboxEntry[] = []): Promise<void> {
    const keys = this.#keys;
    const values = customers.reduce((sum, { view, chunks }) => sum + 1 + (view === null ? 0 : 1) + chunks.length, 0);
    const places = customers.reduce((sum, { ranks }) => sum + 1 + ranks.length, 0);
    const call = new FunctionCall(functionNames.put, [keys.meta, keys.outbox], 65_536)
      .text(this.token)
      .text(String(values))
      .text(String(places))
      .text(String(outbox.length));
    for (const { id, head, view, chunks } of customers) {
      call.text(keys.state(id)).blob(head);
      if (view !== null) call.text(keys.view(id)).text(view);
      for (const { sequence, bytes } of chunks) call.text(keys.chunk(id, sequence)).blob(bytes);
    }
    for (const { id, slice, dueDay, ranks } of customers) {
      call.text(keys.due(slice)).text(formatScore(dueDay)).text(id);
      for (const { ranking, value } of ranks) call.text(keys.rank(ranking)).text(formatScore(value)).text(id);
    }
    for (const entry of outbox) call.blob(encodeOutboxEntry(entry));
    await this.#send(call);
  }

  async #send(call: FunctionCall): Promise<readonly unknown[]> {
    let reply: readonly unknown[];
    try {
      reply = (await this.#client.sendCommand(call.command())) as readonly unknown[];
    } catch (error) {
      throw toPortError(error);
    }
    const code = String(reply[0]);
    if (code === 'OK') return reply;
    throw new PortFailure(
      code === 'HELD' ? 'held' : 'store',
      code === 'HELD'
        ? `Partition ${this.#partition} is held by another backup or restore.`
        : `The hold of partition ${this.#partition} has run out and its owner went on (${code}).`,
    );
  }
}
