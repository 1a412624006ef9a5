import avsc from 'avsc';
import { describe, expect, it } from 'vitest';
import { refuseUnbounded } from './byteless-type.ts';

const record = (name: string, ...types: unknown[]) => ({
  type: 'record',
  name,
  fields: types.map((type, index) => ({ name: `f${index}`, type })),
});

function doubled(leaf: unknown, times: number): unknown {
  let type: unknown = record('D0', leaf);
  for (let n = 1; n <= times; n++) type = record(`D${n}`, type, `D${n - 1}`);
  return type;
}

const check = (schema: unknown) => () => refuseUnbounded(avsc.Type.forSchema(schema as avsc.Schema));

describe('a schema of a few lines', () => {
  it.each([
    ['2^40 nulls', doubled('null', 40), 'more than 1000 values'],
    ['a record within itself', record('R', 'R'), 'more than 1000 values'],
    ['a list of nulls', record('R', { type: 'array', items: 'null' }), 'a list of items that take no bytes'],
    [
      'a list of nothing',
      record('R', { type: 'map', values: { type: 'array', items: record('N') } }),
      'a list of items',
    ],
    [
      'a list of empty fixed',
      record('R', { type: 'array', items: { type: 'fixed', name: 'F', size: 0 } }),
      'a list of',
    ],
  ])('may not ask for %s', (_what, schema, says) => {
    expect(check(schema)).toThrow(says);
  });

  it.each([
    ['2^40 numbers, which end with the bytes', doubled('int', 40)],
    ['2^40 lists, too', doubled({ type: 'array', items: 'int' }, 40)],
    ['some nulls', record('R', 'null', 'null', record('E'))],
    ['a tree', record('R', { type: 'array', items: 'R' }, ['null', 'R'])],
  ])('may ask for %s', (_what, schema) => {
    expect(check(schema)).not.toThrow();
  });
});
