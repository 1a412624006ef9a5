import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter, decodeUtf8, encodeUtf8 } from './bytes.ts';

const most = Number.MAX_SAFE_INTEGER;
const edges = [0, 1, 63, 64, 127, 128, 16_383, 16_384, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 52, most];
const natural = fc.oneof(fc.constantFrom(...edges), fc.maxSafeNat());

function roundTrip<T>(
  write: (writer: ByteWriter, value: T) => void,
  read: (reader: ByteReader) => T,
  values: readonly T[],
): T[] {
  const writer = new ByteWriter(1);
  for (const value of values) write(writer, value);
  const reader = new ByteReader(writer.copy());
  const found = values.map(() => read(reader));
  expect(reader.atEnd).toBe(true);
  return found;
}

describe('numbers', () => {
  it('come back from varints', () => {
    fc.assert(
      fc.property(fc.array(natural), values => {
        expect(
          roundTrip<number>(
            (w, v) => w.varint(v),
            r => r.varint(),
            values,
          ),
        ).toEqual(values);
      }),
    );
  });

  it('come back from zigzag varints, whatever their sign', () => {
    const signed = fc
      .tuple(natural, fc.boolean())
      .map(([value, negative]) => (negative && value !== 0 ? -value : value));
    fc.assert(
      fc.property(fc.array(signed), values => {
        expect(
          roundTrip<number>(
            (w, v) => w.zigzag(v),
            r => r.zigzag(),
            values,
          ),
        ).toEqual(values);
      }),
    );
  });

  it('come back from four bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(0xffff_ffff)), values => {
        expect(
          roundTrip<number>(
            (w, v) => w.uint32(v),
            r => r.uint32(),
            values,
          ),
        ).toEqual(values);
      }),
    );
  });

  it.each([
    [0, 1],
    [127, 1],
    [128, 2],
    [2 ** 31, 5],
    [most, 8],
  ])('%d takes %d bytes as a varint', (value, length) => {
    const writer = new ByteWriter();
    writer.varint(value);
    expect(writer.length).toBe(length);
  });

  it('are not written as minus zero', () => {
    expect(
      roundTrip<number>(
        (w, v) => w.zigzag(v),
        r => r.zigzag(),
        [-0],
      ),
    ).toEqual([0]);
  });
});

describe('text', () => {
  const anyText = fc.string({ unit: 'binary' });

  it('is encoded as by TextEncoder', () => {
    fc.assert(
      fc.property(anyText, text => {
        expect([...encodeUtf8(text)]).toEqual([...new TextEncoder().encode(text)]);
      }),
    );
  });

  it('comes back, between other values', () => {
    fc.assert(
      fc.property(fc.array(anyText), texts => {
        expect(
          roundTrip<string>(
            (w, v) => w.text(v),
            r => r.text(),
            texts,
          ),
        ).toEqual(texts);
      }),
    );
  });

  it('takes a lone surrogate as the replacement character', () => {
    for (const lone of ['\ud800', '\udfff', 'a\ud83d', '\udc00b', '\ud800\ud800']) {
      expect([...encodeUtf8(lone)]).toEqual([...new TextEncoder().encode(lone)]);
      expect(decodeUtf8(encodeUtf8(lone))).toBe(lone.toWellFormed());
    }
  });
});

describe('a reader', () => {
  it('refuses bytes that end too early', () => {
    const writer = new ByteWriter();
    writer.text('customer');
    const bytes = writer.copy();
    for (let length = 0; length < bytes.length; length++) {
      expect(() => new ByteReader(bytes.subarray(0, length)).text()).toThrow(RangeError);
    }
    expect(() => new ByteReader(new Uint8Array([0x80])).varint()).toThrow(RangeError);
  });

  it('hands out copies', () => {
    const bytes = new Uint8Array([1, 2, 3]);
    const part = new ByteReader(bytes).raw(2);
    bytes[0] = 9;
    expect([...part]).toEqual([1, 2]);
  });
});

describe('a writer', () => {
  it('keeps what it handed out when it is used again', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40_000 }), { maxLength: 6 }), parts => {
        const writer = new ByteWriter(4);
        const handedOut = parts.map(part => {
          writer.reset();
          writer.raw(part);
          return [writer.copy(), writer.copyToPool()] as const;
        });
        handedOut.forEach(([copy, pooled], index) => {
          expect(copy).toEqual(parts[index]);
          expect([...pooled]).toEqual([...parts[index]!]);
        });
      }),
      { numRuns: 30 },
    );
  });

  it('appends what another one holds', () => {
    const one = new ByteWriter(1);
    const other = new ByteWriter(1);
    one.text('one');
    other.text('other');
    one.append(other);
    const reader = new ByteReader(one.copy());
    expect([reader.text(), reader.text()]).toEqual(['one', 'other']);
  });
});
