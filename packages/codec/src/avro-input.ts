/** Where Avro's bytes are read from. One instance is reused for every record: the hot path allocates values only. */

/** The bytes are not what the schema says. A data error: it never leaves `RecordCodec.decode`. */
export class MalformedAvro extends Error {
  override readonly name = 'MalformedAvro';
}

/** A native call costs more than making a short ASCII string here. Longer ones, and other alphabets, are left to it. */
const shortString = 12;

/** What `toString('utf8', …)` calls in the end; a tenth of the whole decoding goes into the steps in between. */
type SliceableBuffer = Buffer & { utf8Slice(start: number, end: number): string };

const nothing = Buffer.alloc(0) as SliceableBuffer;

export class AvroInput {
  private bytes: SliceableBuffer = nothing;
  private end = 0;
  private position = 0;

  open(bytes: Buffer, position: number): void {
    this.bytes = bytes as SliceableBuffer;
    this.end = bytes.length;
    this.position = position;
  }

  close(): void {
    const left = this.end - this.position;
    this.bytes = nothing;
    if (left !== 0) throw new MalformedAvro(`${left} bytes after the record`);
  }

  boolean(): boolean {
    const byte = this.byte();
    if (byte > 1) throw new MalformedAvro(`a boolean of ${byte}`);
    return byte === 1;
  }

  int(): number {
    const value = this.long();
    if (value !== (value | 0)) throw new MalformedAvro(`an int of ${value}`);
    return value;
  }

  /** Zigzag varint. Beyond ±(2^53 − 1) a number could not hold it exactly. */
  long(): number {
    let byte = this.byte();
    let low = byte & 0x7f;
    let shift = 7;
    while (byte >= 0x80 && shift < 28) {
      byte = this.byte();
      low |= (byte & 0x7f) << shift;
      shift += 7;
    }
    if (byte < 0x80) return (low >>> 1) ^ -(low & 1);

    // Bit operations end at 32 bits: the rest is added up as a float, exact up to 2^53. The zigzag value of a safe
    // integer has 54 bits, so the sign is taken off the lowest bit before the halves are put together.
    let high = 0;
    let weight = 2 ** 27;
    do {
      byte = this.byte();
      high += (byte & 0x7f) * weight;
      weight *= 128;
      shift += 7;
    } while (byte >= 0x80 && shift < 70);
    const magnitude = high + (low >>> 1);
    const value = (low & 1) === 0 ? magnitude : -magnitude - 1;
    if (byte >= 0x80 || !Number.isSafeInteger(value)) throw new MalformedAvro('a long beyond 2^53 - 1');
    return value;
  }

  /** A long of any size: beyond what a number holds exactly, its digits. */
  longOrDigits(): number | string {
    let length = 1;
    while (length < 10 && (this.bytes[this.position + length - 1] ?? 0) >= 0x80) length++;
    if (length <= 7) return this.long();
    let zigzag = 0n;
    let byte = 0x80;
    for (let shift = 0n; byte >= 0x80 && shift < 70n; shift += 7n) {
      byte = this.byte();
      zigzag |= BigInt(byte & 0x7f) << shift;
    }
    if (byte >= 0x80 || zigzag >= 1n << 64n) throw new MalformedAvro('a long of more than 64 bits');
    const value = (zigzag >> 1n) ^ -(zigzag & 1n);
    return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  }

  float(): number {
    return this.bytes.readFloatLE(this.skip(4));
  }

  double(): number {
    return this.bytes.readDoubleLE(this.skip(8));
  }

  string(): string {
    const length = this.long();
    const start = this.skip(length);
    const text = length <= shortString ? this.ascii(start, length) : null;
    return text ?? this.bytes.utf8Slice(start, start + length);
  }

  /** A copy: the record must not keep the whole fetched batch alive. */
  binary(): Buffer {
    return this.fixed(this.long());
  }

  fixed(length: number): Buffer {
    const start = this.skip(length);
    return Buffer.from(this.bytes.subarray(start, start + length));
  }

  /** Index of a union's branch or of an enum's symbol. */
  index(count: number): number {
    const index = this.long();
    if (index < 0 || index >= count) throw new MalformedAvro(`index ${index} of ${count}`);
    return index;
  }

  /** Items of an array's or a map's next block; 0 ends it. */
  block(): number {
    let count = this.long();
    if (count < 0) {
      count = -count;
      this.long();
    }
    // Every item of ours takes a byte or more. Without this a few bytes could ask for an array of any size.
    if (count > this.end - this.position) throw new MalformedAvro(`a block of ${count} items`);
    return count;
  }

  private byte(): number {
    if (this.position >= this.end) throw new MalformedAvro('the record ends too early');
    return this.bytes[this.position++] as number;
  }

  /** Moves past so many bytes; where they begin. */
  private skip(length: number): number {
    const start = this.position;
    if (length < 0 || length > this.end - start) throw new MalformedAvro(`${length} bytes where fewer are left`);
    this.position = start + length;
    return start;
  }

  /** Four characters at a time; null where one is not ASCII. */
  private ascii(start: number, length: number): string | null {
    const { bytes } = this;
    const end = start + length;
    let text = '';
    let at = start;
    for (; at + 4 <= end; at += 4) {
      const a = bytes[at] as number;
      const b = bytes[at + 1] as number;
      const c = bytes[at + 2] as number;
      const d = bytes[at + 3] as number;
      if ((a | b | c | d) >= 0x80) return null;
      text += String.fromCharCode(a, b, c, d);
    }
    for (; at < end; at++) {
      const a = bytes[at] as number;
      if (a >= 0x80) return null;
      text += String.fromCharCode(a);
    }
    return text;
  }
}
