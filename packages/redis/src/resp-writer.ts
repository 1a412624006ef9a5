/**
 * Writes one command in the Redis protocol: `*<count>` and then `$<length> <bytes>` for each argument, every line ended
 * by CR LF. A commit has up to 200,000 arguments, so they go into one growing buffer, without an object for each.
 */

const cr = 13;
const lf = 10;
const dollar = 36;
const zero = 48;

/** The number of arguments is known last but stands first: room is kept for it. */
const countReserve = 16;
const lengthDigitsMax = 12;

export class RespWriter {
  #bytes: Buffer;
  #end = countReserve;
  #count = 0;

  constructor(sizeHint = 1024) {
    this.#bytes = Buffer.allocUnsafe(countReserve + sizeHint);
  }

  text(text: string): void {
    // 1. Almost every key and number is ASCII: as many bytes as the string is long. So that length is written, then
    //    the text, by one native call, which tells whether it was true.
    const { length } = text;
    this.#reserve(3 * length);
    const before = this.#end;
    this.#length(length);
    const written = this.#bytes.write(text, this.#end);
    if (written === length) {
      this.#finish(this.#end + length);
      return;
    }
    // 2. It was not: once more, with the length now known.
    this.#end = before;
    this.#length(written);
    this.#finish(this.#end + this.#bytes.write(text, this.#end));
  }

  blob(blob: Uint8Array): void {
    this.#reserve(blob.length);
    this.#length(blob.length);
    this.#bytes.set(blob, this.#end);
    this.#finish(this.#end + blob.length);
  }

  /** The whole command. The writer must not be used after it: the buffer is not copied. */
  command(): Buffer {
    const head = `*${this.#count}\r\n`;
    const start = countReserve - head.length;
    this.#bytes.write(head, start, 'latin1');
    return this.#bytes.subarray(start, this.#end);
  }

  #reserve(length: number): void {
    const needed = this.#end + length + lengthDigitsMax + 5;
    if (needed <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, 2 * this.#bytes.length));
    this.#bytes.copy(grown, 0, 0, this.#end);
    this.#bytes = grown;
  }

  #length(length: number): void {
    const bytes = this.#bytes;
    let at = this.#end;
    bytes[at++] = dollar;
    let digits = 1;
    for (let rest = length; rest >= 10; rest = (rest / 10) | 0) digits++;
    let rest = length;
    for (let i = at + digits - 1; i >= at; i--) {
      bytes[i] = zero + (rest % 10);
      rest = (rest / 10) | 0;
    }
    at += digits;
    bytes[at++] = cr;
    bytes[at++] = lf;
    this.#end = at;
  }

  #finish(at: number): void {
    this.#bytes[at] = cr;
    this.#bytes[at + 1] = lf;
    this.#end = at + 2;
    this.#count++;
  }
}
