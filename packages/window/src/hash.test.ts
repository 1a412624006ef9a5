import fc from 'fast-check';
import { Partitioners } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { hash64, hashValue64, murmur2 } from './hash.ts';

function hashOf(...texts: string[]): string {
  const hash = { high: 0, low: 0 };
  hash64(hash, ...texts);
  return `${hash.high.toString(16).padStart(8, '0')}${hash.low.toString(16).padStart(8, '0')}`;
}

describe('murmur2', () => {
  // Of Kafka's own UtilsTest.testMurmur2, with the sign bit cleared.
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('of %j is that of the Java client', (text, expected) => {
    expect(murmur2(text)).toBe(expected & 0x7fffffff);
  });

  it('puts every key where a Kafka producer puts it', () => {
    const partitioner = Partitioners.DefaultPartitioner();
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), fc.integer({ min: 1, max: 50 }), (key, partitions) => {
        const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({
          partitionId,
          leader: 0,
          partitionErrorCode: 0,
          replicas: [],
          isr: [],
        }));
        const message = { key, value: null };
        expect(murmur2(key) % partitions).toBe(partitioner({ topic: 'any', partitionMetadata, message }));
      }),
    );
  });
});

describe('hash64', () => {
  it('never changes, because it is stored', () => {
    expect(hashOf()).toBe('488bdcb81aee8d83');
    expect(hashOf('shop', 'PurchaseRecorded', 'e1')).toBe('8ede35d06ec26784');
    expect(hashOf('北京', '🙂')).toBe('07f4adce369a6cc7');
  });

  it('tells texts apart from their concatenation', () => {
    const different = [hashOf('ab', 'c'), hashOf('a', 'bc'), hashOf('abc'), hashOf('abc', ''), hashOf('', 'abc')];
    expect(new Set(different).size).toBe(different.length);
  });

  it('has no collision among a hundred thousand ids, in neither half more than by chance', { timeout: 60_000 }, () => {
    const high = new Set<string>();
    const whole = new Set<string>();
    for (let i = 0; i < 100_000; i++) {
      const hash = hashOf('shop', 'PurchaseRecorded', `order-${i}`);
      whole.add(hash);
      high.add(hash.slice(0, 8));
    }
    expect(whole.size).toBe(100_000);
    expect(high.size).toBeGreaterThan(99_990);
  });
});

describe('hashValue64', () => {
  function of(key: string, part: number, bytes: Uint8Array): string {
    const hash = { high: 0, low: 0 };
    hashValue64(hash, key, part, bytes);
    return `${hash.high}/${hash.low}`;
  }

  it('never changes, because it is stored', () => {
    const bytes = Uint8Array.from({ length: 11 }, (_, i) => i * 37);
    expect(of('c1', -1, bytes)).toMatchInlineSnapshot(`"-773132886/-1363359004"`);
    expect(of('北京🙂', 7, new Uint8Array())).toMatchInlineSnapshot(`"-2020958187/863535116"`);
  });

  it('sees every flipped bit, and every pair of them, in both halves', () => {
    const seen = { whole: new Set<string>(), high: new Set<number>(), low: new Set<number>() };
    const hash = { high: 0, low: 0 };
    let count = 0;
    const bytes = Uint8Array.from({ length: 27 }, (_, i) => i * 101);
    const bits = bytes.length * 8;
    for (let first = 0; first < bits; first++) {
      for (let second = first; second < bits; second++) {
        const damaged = bytes.slice();
        damaged[first >> 3]! ^= 1 << (first & 7);
        if (second !== first) damaged[second >> 3]! ^= 1 << (second & 7);
        hashValue64(hash, 'c1', -1, damaged);
        seen.whole.add(`${hash.high}/${hash.low}`);
        seen.high.add(hash.high);
        seen.low.add(hash.low);
        count++;
      }
    }
    expect(seen.whole.size).toBe(count);
    expect(Math.min(seen.high.size, seen.low.size)).toBeGreaterThan(count - 10);
  });

  it('tells keys, parts and lengths apart', () => {
    const one = Uint8Array.of(1);
    const hashes = [of('a', 0, one), of('b', 0, one), of('a', 1, one), of('a', -1, one)];
    hashes.push(of('a', 0, Uint8Array.of(1, 0)), of('a', 0, new Uint8Array(4)), of('a', 0, new Uint8Array(8)));
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});
