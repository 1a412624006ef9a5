/**
 * LZ4 frames to bytes: Java producers compress with it by choice, and Node brings no decoder. The output is bounded, as
 * a frame of a few kilobytes can unpack to gigabytes. Checksums are left alone: the record batch around a frame has its own.
 *
 *   magic u32 · flags u8 · block descriptor u8 · [content size u64] · [dictionary u32] · header checksum u8
 *   · blocks [size u32, the highest bit says "stored as it is" · data · [checksum u32]] · end mark, a size of 0
 */
const magic = 0x184d2204;
const blockChecksumFlag = 0x10;
const contentSizeFlag = 0x08;
const dictionaryFlag = 0x01;
const storedFlag = 0x80000000;
const extendedLength = 15;
const matchLengthMin = 4;

export function decompressLz4(frame: Buffer, bytesMax: number): Buffer {
  if (frame.length < 7 || frame.readUInt32LE(0) !== magic) throw new Error('an lz4 frame begins otherwise');
  const flags = frame[4]!;
  if (flags & dictionaryFlag) throw new Error('an lz4 frame asks for a dictionary');
  const output = new Lz4Output(Math.min(bytesMax, 4 * frame.length), bytesMax);
  for (let at = 7 + (flags & contentSizeFlag ? 8 : 0); at + 4 <= frame.length; ) {
    const size = frame.readUInt32LE(at);
    if (size === 0) return output.bytes();
    const start = at + 4;
    const end = start + (size & ~storedFlag & 0x7fffffff);
    if (end > frame.length) break;
    if (size >= storedFlag) output.literals(frame, start, end);
    else decodeBlock(frame, start, end, output);
    at = end + (flags & blockChecksumFlag ? 4 : 0);
  }
  throw new Error('an lz4 frame ends too early');
}

/** Sequences of literals and a match, which repeats what is already there; the last one has literals only. */
function decodeBlock(block: Buffer, start: number, end: number, output: Lz4Output): void {
  let at = start;
  const length = (short: number): number => {
    let sum = short;
    if (short !== extendedLength) return sum;
    for (let byte = 255; byte === 255; sum += byte) {
      if (at >= end) throw new Error('an lz4 block ends too early');
      byte = block[at++]!;
    }
    return sum;
  };
  while (at < end) {
    const token = block[at++]!;
    const literals = length(token >>> 4);
    if (at + literals > end) throw new Error('an lz4 block ends too early');
    output.literals(block, at, at + literals);
    at += literals;
    if (at === end) return;
    if (at + 2 > end) throw new Error('an lz4 block ends too early');
    const distance = block.readUInt16LE(at);
    at += 2;
    output.match(distance, length(token & 0x0f) + matchLengthMin);
  }
}

/** Blocks may refer to what came before them, so all of them are written behind each other. */
class Lz4Output {
  #buffer: Buffer;
  #length = 0;
  readonly #bytesMax: number;

  constructor(bytesExpected: number, bytesMax: number) {
    this.#buffer = Buffer.allocUnsafe(bytesExpected);
    this.#bytesMax = bytesMax;
  }

  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  literals(from: Buffer, start: number, end: number): void {
    const next = this.#reserve(end - start);
    from.copy(this.#buffer, this.#length, start, end);
    this.#length = next;
  }

  match(distance: number, length: number): void {
    if (distance === 0 || distance > this.#length) throw new Error('an lz4 block refers to what is not there');
    const next = this.#reserve(length);
    const buffer = this.#buffer;
    let from = this.#length - distance;
    // A match that reaches into itself repeats a pattern, so it is copied a byte at a time.
    if (distance >= length) buffer.copyWithin(this.#length, from, from + length);
    else for (let to = this.#length; to < next; to++, from++) buffer[to] = buffer[from]!;
    this.#length = next;
  }

  #reserve(bytes: number): number {
    const next = this.#length + bytes;
    if (next > this.#bytesMax) throw new Error(`it unpacks to more than ${this.#bytesMax} bytes`);
    if (next > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.min(this.#bytesMax, Math.max(next, 2 * this.#buffer.length)));
      this.#buffer.copy(larger, 0, 0, this.#length);
      this.#buffer = larger;
    }
    return next;
  }
}
