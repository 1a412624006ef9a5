/**
 * The state store on Redis. Every operation is one call of the function library, so it is atomic and checks the token
 * first. A method has handed its command to the connection when it returns its promise: commands of one store reach
 * Redis in the order of the calls, so a load may follow a commit that is still in flight and be checked against that
 * commit's next cursor. This asks for one connection per store.
 */
import type { EmissionId } from '@tierflow/customer/changes';
import { CursorMoved, Fenced, PortFailure, StateLost } from '@tierflow/processor/errors';
import type { Claimed, Commit, StateStore } from '@tierflow/processor/ports';
import type { Redis } from 'ioredis';
import { commitCall, formatCursor, formatScore } from './commit-call.ts';
import { decodeCounters } from './counters.ts';
import { decodeDigests } from './digests.ts';
import { formatEmissionId, parseEmissionId } from './emission-id.ts';
import { toPortError } from './errors.ts';
import { ensureFunctions, functionNames } from './function-library.ts';
import { checkNamespace, PartitionKeys } from './keys.ts';
import { decodeOutboxEntry } from './outbox-entry.ts';
import { FunctionCall } from './prebuilt-command.ts';

/** One reply of `due` is bounded by this, and so is the time for which other clients wait. */
const duePageCustomers = 20_000;
const scanPageKeys = 5_000;

type Reply = readonly unknown[];

export class RedisStateStore implements StateStore {
  readonly #client: Redis;
  readonly #namespace: string;
  readonly #keys = new Map<number, PartitionKeys>();
  /** Claims of this store, to tell a later owner from an older backup. */
  readonly #claims = new Map<number, { readonly token: string; readonly epoch: number }>();

  constructor(client: Redis, namespace: string) {
    this.#client = client;
    this.#namespace = checkNamespace(namespace);
  }

  async claim(partition: number, token: string, emitted: EmissionId | null): Promise<Claimed> {
    // A takeover may be the first thing after Redis came back without its functions.
    await ensureFunctions(this.#client);
    const keys = this.#keysOf(partition);
    const { meta, outbox: queue, digest } = keys;
    const call = new FunctionCall(functionNames.claim, [meta, queue, ...keys.counters, digest])
      .text(token)
      .text(emitted === null ? '' : formatEmissionId(emitted));
    const reply = await this.#send(partition, token, call);
    const [, epoch, cursor, format, fold, state, ack] = reply as (Buffer | null)[];
    const [outbox, flow, stock, records, headline, digests] = reply.slice(7) as Buffer[][];
    this.#claims.set(partition, { token, epoch: Number(epoch) });
    return {
      cursor: decodeNumber(cursor),
      stateFormat: decodeNumber(format),
      foldVersion: decodeNumber(fold),
      partitionState: state?.toString() ?? null,
      acknowledged: ack ? parseEmissionId(ack.toString('latin1')) : null,
      outbox: outbox!.map(decodeOutboxEntry),
      counters: {
        flow: decodeCounters(flow!),
        stock: decodeCounters(stock!),
        records: decodeCounters(records!),
        headline: decodeCounters(headline!),
      },
      digests: decodeDigests(digests!),
    };
  }

  async reset(partition: number, token: string): Promise<void> {
    const keys = this.#keysOf(partition);
    const reset = (found: readonly Buffer[]) => {
      const call = new FunctionCall(functionNames.reset, [keys.meta]).text(token);
      for (const key of found) call.blob(key);
      return this.#send(partition, token, call);
    };
    // 1. The cursor goes before anything else, so that a reset cut short reads as empty.
    await reset([]);
    // 2. Then the keys, as the scan finds them; each page is checked against the token again.
    const meta = Buffer.from(keys.meta);
    let position = '0';
    do {
      const [next, found] = await this.#scan(position, `${keys.prefix}*`);
      const page = found.filter(key => !key.equals(meta));
      if (page.length > 0) await reset(page);
      position = next;
    } while (position !== '0');
  }

  async loadHeads(
    partition: number,
    token: string,
    cursor: number | null,
    ids: readonly string[],
  ): Promise<(Uint8Array | null)[]> {
    const keys = this.#keysOf(partition);
    const call = this.#loadCall(keys, token, cursor);
    for (const id of ids) call.text(keys.state(id));
    const reply = await this.#send(partition, token, call);
    return reply.slice(1) as (Buffer | null)[];
  }

  async loadChunks(
    partition: number,
    token: string,
    cursor: number | null,
    chunks: readonly { readonly customerId: string; readonly sequence: number }[],
  ): Promise<Uint8Array[]> {
    const keys = this.#keysOf(partition);
    const call = this.#loadCall(keys, token, cursor);
    for (const { customerId, sequence } of chunks) call.text(keys.chunk(customerId, sequence));
    const reply = await this.#send(partition, token, call);
    const found = reply.slice(1) as (Buffer | null)[];
    const missing = found.indexOf(null);
    if (missing >= 0) {
      throw new StateLost(`Partition ${partition} has lost chunk ${chunks[missing]!.sequence} of a customer.`);
    }
    return found as Buffer[];
  }

  async due(
    partition: number,
    token: string,
    cursor: number | null,
    fromSlice: number,
    toSlice: number,
    day: number,
  ): Promise<string[]> {
    const keys = this.#keysOf(partition);
    const customers: string[] = [];
    let slice = fromSlice;
    let rank = 0;
    while (slice <= toSlice) {
      const call = new FunctionCall(functionNames.due, [keys.meta])
        .text(token)
        .text(formatCursor(cursor))
        .text(formatScore(day))
        .text(String(duePageCustomers))
        .text(String(rank));
      for (let i = slice; i <= toSlice; i++) call.text(keys.due(i));
      const reply = await this.#send(partition, token, call);
      slice += Number(reply[1]);
      rank = Number(reply[2]);
      for (let i = 3; i < reply.length; i++) customers.push((reply[i] as Buffer).toString());
    }
    return customers;
  }

  async commit(partition: number, commit: Commit): Promise<void> {
    await this.#send(partition, commit.token, commitCall(this.#keysOf(partition), commit));
  }

  async verify(
    partition: number,
    token: string,
    cursor: number | null,
    acknowledged: EmissionId | null,
  ): Promise<void> {
    const keys = this.#keysOf(partition);
    const call = new FunctionCall(functionNames.verify, [keys.meta])
      .text(token)
      .text(formatCursor(cursor))
      .text(acknowledged === null ? '' : formatEmissionId(acknowledged));
    await this.#send(partition, token, call);
  }

  #keysOf(partition: number): PartitionKeys {
    let keys = this.#keys.get(partition);
    if (keys === undefined) {
      keys = new PartitionKeys(this.#namespace, partition);
      this.#keys.set(partition, keys);
    }
    return keys;
  }

  #loadCall(keys: PartitionKeys, token: string, cursor: number | null): FunctionCall {
    return new FunctionCall(functionNames.load, [keys.meta]).text(token).text(formatCursor(cursor));
  }

  async #scan(position: string, pattern: string): Promise<[string, Buffer[]]> {
    try {
      const [next, found] = await this.#client.scanBuffer(position, 'MATCH', pattern, 'COUNT', scanPageKeys);
      return [next.toString(), found];
    } catch (error) {
      throw toPortError(error);
    }
  }

  async #send(partition: number, token: string, call: FunctionCall): Promise<Reply> {
    let reply: Reply;
    try {
      reply = (await this.#client.sendCommand(call.command())) as Reply;
    } catch (error) {
      throw toPortError(error);
    }
    const code = String(reply[0]);
    if (code !== 'OK') throw this.#refusal(partition, token, code, String(reply[1] ?? ''));
    return reply;
  }

  #refusal(partition: number, token: string, code: string, detail: string): Error {
    switch (code) {
      case 'FENCED': {
        // Claims are counted. A smaller count than at our own claim is not a later owner but an older backup, and
        // whoever is still assigned must take over again rather than wait for an assignment that never comes.
        const claim = this.#claims.get(partition);
        if (claim?.token === token && Number(detail) < claim.epoch) {
          return new CursorMoved(`Redis went back to a state of partition ${partition} from before its takeover.`);
        }
        return new Fenced(`Partition ${partition} has another owner.`);
      }
      case 'HELD': {
        const seconds = Math.ceil(Number(detail) / 1000);
        const message = `Partition ${partition} is held by a backup or restore for ${seconds} s more.`;
        return new PortFailure('held', message);
      }
      case 'CURSOR':
        return new CursorMoved(`Partition ${partition} is folded up to ${detail || 'nothing'}, which is not expected.`);
      case 'LOST':
        return new StateLost(`Redis holds nothing of partition ${partition}, or no usable meta.`);
      default:
        return new PortFailure('protocol', `Redis refused a call for partition ${partition}: ${code} ${detail}`);
    }
  }
}

function decodeNumber(stored: Buffer | null | undefined): number | null {
  return stored ? Number(stored.toString('latin1')) : null;
}
