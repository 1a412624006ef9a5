/**
 * Compact bytes for tiles and states: unsigned varints (LEB128) and zigzag varints for integers up to 2^53 in size,
 * and UTF-8 text. Written out here because ring 0 has neither Node's Buffer nor TextEncoder.
 */

const twoTo31 = 0x80000000;

const poolBytes = 65_536;
let pool = new Uint8Array(poolBytes);
let poolUsed = 0;

export class ByteWriter {
  private bytes: Uint8Array;
  length = 0;

  constructor(capacity = 1024) {
    this.bytes = new Uint8Array(capacity);
  }

  reset(): void {
    this.length = 0;
  }

  /** A copy of what was written. */
  copy(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  /** The same in memory that it shares with its neighbours: far cheaper, for what is soon done with. */
  copyToPool(): Uint8Array {
    if (poolUsed + this.length > pool.length) {
      pool = new Uint8Array(Math.max(poolBytes, this.length));
      poolUsed = 0;
    }
    const copy = pool.subarray(poolUsed, poolUsed + this.length);
    copy.set(this.bytes.subarray(0, this.length));
    poolUsed += this.length;
    return copy;
  }

  private reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length + count));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  /** An integer 0 … 2^53. */
  varint(value: number): void {
    this.reserve(8);
    let rest = value;
    while (rest >= twoTo31) {
      this.bytes[this.length++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    while (rest >= 0x80) {
      this.bytes[this.length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.bytes[this.length++] = rest;
  }

  /** An integer −2^52 … 2^52 and, for amounts, up to ±(2^53 − 1): the sign goes into its own lowest bit. */
  zigzag(value: number): void {
    const magnitude = Math.abs(value);
    const sign = value < 0 ? 1 : 0;
    if (magnitude < 64) {
      this.byte(magnitude * 2 + sign);
      return;
    }
    // The first byte holds the sign and six bits, the rest follows as a varint, so that nothing leaves 2^53.
    const low = magnitude % 64;
    this.byte(0x80 | (low * 2) | sign);
    this.varint((magnitude - low) / 64);
  }

  uint32(value: number): void {
    this.reserve(4);
    this.bytes[this.length++] = value >>> 24;
    this.bytes[this.length++] = value >>> 16;
    this.bytes[this.length++] = value >>> 8;
    this.bytes[this.length++] = value;
  }

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** What another writer holds. Tiles are short, so a loop is cheaper than a view to copy from. */
  append(other: ByteWriter): void {
    this.reserve(other.length);
    for (let i = 0; i < other.length; i++) this.bytes[this.length + i] = other.bytes[i]!;
    this.length += other.length;
  }

  /** Length-prefixed UTF-8. */
  text(text: string): void {
    const bytes = encodeUtf8(text);
    this.varint(bytes.length);
    this.raw(bytes);
  }
}

export class ByteReader {
  readonly bytes: Uint8Array;
  position: number;

  constructor(bytes: Uint8Array, position = 0) {
    this.bytes = bytes;
    this.position = position;
  }

  get atEnd(): boolean {
    return this.position >= this.bytes.length;
  }

  byte(): number {
    const value = this.bytes[this.position];
    if (value === undefined) throw new RangeError('The stored bytes end too early.');
    this.position++;
    return value;
  }

  varint(): number {
    let value = this.byte();
    if (value < 0x80) return value;
    value &= 0x7f;
    let factor = 128;
    for (;;) {
      const next = this.byte();
      value += (next & 0x7f) * factor;
      if (next < 0x80) return value;
      factor *= 128;
    }
  }

  zigzag(): number {
    const first = this.byte();
    const low = (first & 0x7f) >>> 1;
    const magnitude = first < 0x80 ? low : low + this.varint() * 64;
    return (first & 1) === 1 ? -magnitude : magnitude;
  }

  uint32(): number {
    return ((this.byte() << 24) | (this.byte() << 16) | (this.byte() << 8) | this.byte()) >>> 0;
  }

  raw(length: number): Uint8Array {
    const end = this.position + length;
    if (end > this.bytes.length) throw new RangeError('The stored bytes end too early.');
    const bytes = this.bytes.slice(this.position, end);
    this.position = end;
    return bytes;
  }

  text(): string {
    return decodeUtf8(this.raw(this.varint()));
  }
}

/** Kept from text to text; a long one gets bytes of its own, so that the longest text ever seen does not stay. */
const utf8 = new Uint8Array(16_384);

/** Lone surrogates become U+FFFD, as everywhere. */
export function encodeUtf8(text: string): Uint8Array {
  const bytes = text.length * 3 > utf8.length ? new Uint8Array(text.length * 3) : utf8;
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    let code = text.codePointAt(i) ?? 0;
    if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd;
    if (code < 0x80) {
      bytes[length++] = code;
    } else if (code < 0x800) {
      bytes[length++] = 0xc0 | (code >>> 6);
      bytes[length++] = 0x80 | (code & 0x3f);
    } else if (code < 0x10000) {
      bytes[length++] = 0xe0 | (code >>> 12);
      bytes[length++] = 0x80 | ((code >>> 6) & 0x3f);
      bytes[length++] = 0x80 | (code & 0x3f);
    } else {
      i++;
      bytes[length++] = 0xf0 | (code >>> 18);
      bytes[length++] = 0x80 | ((code >>> 12) & 0x3f);
      bytes[length++] = 0x80 | ((code >>> 6) & 0x3f);
      bytes[length++] = 0x80 | (code & 0x3f);
    }
  }
  return bytes.slice(0, length);
}

/** The inverse of `encodeUtf8`, for bytes that it wrote. */
export function decodeUtf8(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; ) {
    const first = bytes[i++] ?? 0;
    const next = (): number => (bytes[i++] ?? 0) & 0x3f;
    if (first < 0x80) text += String.fromCharCode(first);
    else if (first < 0xe0) text += String.fromCodePoint(((first & 0x1f) << 6) | next());
    else if (first < 0xf0) text += String.fromCodePoint(((first & 0x0f) << 12) | (next() << 6) | next());
    else text += String.fromCodePoint(((first & 0x07) << 18) | (next() << 12) | (next() << 6) | next());
  }
  return text;
}
