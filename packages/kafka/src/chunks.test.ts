import { describe, expect, it } from 'vitest';
import { chunks } from './chunks.ts';

const message = (bytes: number) => ({ key: 'k', value: Buffer.alloc(bytes), headers: { ce_id: '1-2-3' } });

describe('chunks', () => {
  it('keeps order and stays below 512 KiB', () => {
    const messages = Array.from({ length: 2000 }, (_, i) => message(i * 2));
    const split = [...chunks(messages)];
    expect(split.flat()).toEqual(messages);
    expect(split.length).toBeGreaterThan(5);
    for (const chunk of split) {
      expect(chunk.reduce((bytes, { value }) => bytes + value.length, 0)).toBeLessThan(512 * 1024);
      expect(chunk.length).toBeLessThanOrEqual(1000);
    }
  });

  it('sends a record that is larger than a chunk alone', () => {
    expect([...chunks([message(1), message(700_000), message(1)])].map(chunk => chunk.length)).toEqual([1, 1, 1]);
  });

  it('makes nothing of nothing', () => {
    expect([...chunks([])]).toEqual([]);
  });
});
