import { describe, expect, it } from 'vitest';
import { decompressLz4 } from './lz4.ts';

/** "ab", 200 times, as the reference implementation writes it: two literals, and one match that reaches into itself. */
const pattern = Buffer.from('BCJNGGBAgg0AAAAvYWICAP93UGJhYmFiAAAAAA==', 'base64');
const roomy = 1024;

function frame(...blocks: Buffer[]): Buffer {
  return Buffer.concat([pattern.subarray(0, 7), ...blocks, Buffer.alloc(4)]);
}

function block(bytes: readonly number[], flag = 0): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32LE((bytes.length | flag) >>> 0);
  return Buffer.concat([size, Buffer.from(bytes)]);
}

describe('decompressLz4', () => {
  it('repeats a match that reaches into itself', () => {
    expect(decompressLz4(pattern, roomy).toString()).toBe('ab'.repeat(200));
  });

  it('reads stored blocks, and matches that reach into the block before', () => {
    const stored = block([0x61, 0x62, 0x63], 0x80000000);
    expect(decompressLz4(frame(stored, block([0x00, 0x03, 0x00, 0x10, 0x21])), roomy).toString()).toBe('abcabca!');
  });

  it('stops at the bound', () => {
    expect(() => decompressLz4(pattern, 399)).toThrow('more than 399 bytes');
  });

  it('refuses what is no frame, ends early or refers to nothing', () => {
    expect(() => decompressLz4(Buffer.from('not a frame'), roomy)).toThrow('begins otherwise');
    for (let end = 7; end < pattern.length; end++) {
      expect(() => decompressLz4(pattern.subarray(0, end), roomy)).toThrow('ends too early');
    }
    expect(() => decompressLz4(frame(block([0x10, 0x61, 0x02, 0x00])), roomy)).toThrow('what is not there');
  });
});
