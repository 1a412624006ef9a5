/**
 * Longs over the whole range in which a number is exact, ±(2^53 − 1).
 *
 * avsc doubles a long before it writes it, so a negative one beyond −2^52 goes out as another number, without an error.
 */
import avsc from 'avsc';

/** What avsc gives a type to write to. */
interface Tap {
  readonly buf: Buffer;
  pos: number;
}

class ExactLong extends avsc.types.LongType {
  _check(value: unknown, _flags: unknown, hook?: (value: unknown, type: avsc.Type) => void): boolean {
    const valid = Number.isSafeInteger(value);
    if (!valid) hook?.(value, this);
    return valid;
  }

  /** Zigzag keeps the sign in the lowest bit: with it apart, nothing leaves 2^53. Past its end a Buffer ignores writes. */
  _write(tap: Tap, value: number): void {
    if (!Number.isSafeInteger(value)) throw new Error(`invalid "long": ${value}`);
    const sign = value < 0 ? 1 : 0;
    const magnitude = sign === 1 ? -value - 1 : value;
    let byte = (magnitude % 64) * 2 + sign;
    let rest = Math.floor(magnitude / 64);
    while (rest > 0) {
      tap.buf[tap.pos++] = byte | 0x80;
      byte = rest % 128;
      rest = Math.floor(rest / 128);
    }
    tap.buf[tap.pos++] = byte;
  }
}

const exactLong = new ExactLong();

/** For `forSchema`: takes every long, annotated or not. */
export function useExactLongs(schema: unknown): avsc.Type | undefined {
  const named = typeof schema === 'object' && schema !== null && 'type' in schema ? schema.type : schema;
  return named === 'long' ? exactLong : undefined;
}
