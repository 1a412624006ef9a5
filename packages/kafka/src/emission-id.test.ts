import { describe, expect, it } from 'vitest';
import { emissionIdOf } from './emission-id.ts';

const header = (value: string | null) => [{ key: 'ce_id', value: value === null ? null : Buffer.from(value) }];

describe('emissionIdOf', () => {
  it('reads partition, offset and index', () => {
    expect(emissionIdOf(3, header('3-9007199254740991-12'))).toEqual({ offset: 9007199254740991, index: 12 });
    expect(emissionIdOf(0, header('0-0-0'))).toEqual({ offset: 0, index: 0 });
  });

  it.each([['4-1-0'], ['3-1'], ['3-1-0-1'], ['3--1-0'], ['a'], [''], [' 3-1-0'], [null]])('refuses %j', value => {
    expect(emissionIdOf(3, header(value))).toBeNull();
  });

  it('is null without the header', () => {
    expect(emissionIdOf(3, [])).toBeNull();
  });
});
