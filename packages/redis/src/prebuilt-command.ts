/**
 * A function call whose bytes are ready.
 *
 * ioredis keeps an array of a command's arguments and joins them into the protocol when it writes, which costs more
 * than a microsecond per argument; a commit has a hundred thousand. `toWritable` is the one place where it asks a
 * command for its bytes, once per send, so a subclass that returns them keeps everything else: the order of replies,
 * time-outs, errors. Nothing is ever sent twice, since the client does not resend after a reconnect.
 */
import { Command } from 'ioredis';
import { RespWriter } from './resp-writer.ts';

export class FunctionCall {
  readonly #name: string;
  readonly #keys: readonly string[];
  readonly #writer: RespWriter;

  constructor(name: string, keys: readonly string[], sizeHint?: number) {
    this.#name = name;
    this.#keys = keys;
    this.#writer = new RespWriter(sizeHint);
    this.#writer.text('FCALL');
    this.text(name);
    this.text(String(keys.length));
    for (const key of keys) this.text(key);
  }

  text(argument: string): this {
    this.#writer.text(argument);
    return this;
  }

  blob(argument: Uint8Array): this {
    this.#writer.blob(argument);
    return this;
  }

  command(): PrebuiltCommand {
    return new PrebuiltCommand(this.#name, this.#keys, this.#writer.command());
  }
}

/** Replies with Buffers. Its visible arguments are the name and the keys only: enough for traces and error messages. */
export class PrebuiltCommand extends Command {
  readonly #bytes: Buffer;

  constructor(name: string, keys: readonly string[], bytes: Buffer) {
    super('fcall', [name, keys.length, ...keys]);
    this.#bytes = bytes;
  }

  override toWritable(): Buffer {
    return this.#bytes;
  }
}
