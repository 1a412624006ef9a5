import { readdirSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { policyJsonSchema } from './policy-json-schema.ts';

const folder = new URL('../../../../deploy/policies/', import.meta.url);
const shipped = readdirSync(folder).filter(name => name.endsWith('.yaml'));
const text = (name: string) => readFileSync(new URL(name, folder), 'utf8');
// Strict about its own mistakes, but which of two fields is required may be said beside the fields.
const options = { allErrors: true, strict: true, strictRequired: false, allowUnionTypes: true } as const;
const validate = new Ajv(options).compile(JSON.parse(policyJsonSchema()));

function problemsOf(document: unknown): string[] {
  return validate(document) ? [] : validate.errors!.map(({ instancePath, message }) => `${instancePath} ${message}`);
}

test('the schema beside the shipped policies is what `tierctl policy schema` prints', () => {
  expect(text('policy.schema.json')).toBe(policyJsonSchema());
});

describe.each(shipped)('%s', name => {
  it('names the schema, and fits it', () => {
    expect(text(name).split('\n')).toContain('# yaml-language-server: $schema=./policy.schema.json');
    expect(problemsOf(parse(text(name)))).toEqual([]);
  });
});

describe('an editor marks', () => {
  const file = text('retail-ladder.yaml');
  test.each<[string, string | RegExp, string]>([
    ['a field that is none', '    demote: now', '    demot: now'],
    ['a value that is none', '    demote: now', '    demote: soon'],
    ['a field of another op', '{ op: sum, of: netSpend, window', '{ op: attribute, of: netSpend, window'],
    ['a group that is both all and any', 'when: { all: [', 'when: { any: [orders365 >= 1], all: ['],
    ['a cut that is no decimal', /$/, '      - { tier: x, from: high }\n'],
    ['a tenure below 0', '    demote: now', '    minTenureDays: -1'],
  ])('%s', (_what, find, replacement) => {
    const changed = file.replace(find, replacement);
    expect(changed).not.toBe(file);
    expect(problemsOf(parse(changed))).not.toEqual([]);
  });

  it('no decimal, with or without quotes', () => {
    const measures = (cuts: unknown) => ({ score: { op: 'score', measure: 'spend', better: 'more', cuts } });
    const document = (cuts: unknown) => ({ policy: 'shop', version: 1, measures: measures(cuts), programs: {} });
    expect(problemsOf(document([300.5, '1500.00', '-1']))).toEqual([]);
    expect(problemsOf(document(['1,500']))).not.toEqual([]);
  });
});
