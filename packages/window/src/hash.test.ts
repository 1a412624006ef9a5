import fc from 'fast-check';
import { Partitioners } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { hash64, murmur2 } from './hash.ts';

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
