/** Sources files: YAML, its shape, what it says; what is accepted then maps a few records, hostile ones among them. */
import { readdirSync, readFileSync } from 'node:fs';
import { parseSources } from '@tierflow/config/sources/parse-sources';
import fc from 'fast-check';
import { alteredText } from '../hostile-text.ts';
import { sourcesText, yamlPiece, yamlText } from '../hostile-yaml.ts';
import { mapAll } from '../map-all.ts';
import type { FuzzSubject } from '../subject.ts';

const root = new URL('../../../', import.meta.url);
const bad = readdirSync(new URL('test/fixtures/bad-sources/', root)).map(file => `test/fixtures/bad-sources/${file}`);
const files = [
  'deploy/samples/complete-journey/sources.yaml',
  'deploy/samples/key-accounts/sources.yaml',
  'test/fixtures/bad-records.sources.yaml',
  ...bad,
].map(file => readFileSync(new URL(file, root), 'utf8'));

const values: readonly unknown[] = [
  {
    id: 1,
    customer: { id: 7 },
    at: '2024-05-31T10:00:00Z',
    total: '12.50',
    currency: 'EUR',
    list: [{ a: 1 }, null, 'x'],
  },
  JSON.parse('{"id":{"toString":1},"at":1e400,"total":-0,"list":{"length":1e9},"valueOf":null}'),
  Object.assign(Object.create(null), { at: '9999-12-31T23:59:59', __proto__: 'x', total: '9'.repeat(5000) }),
  {
    id: 1,
    customer: { id: 7 },
    at: `${'1'.repeat(150)}x`,
    total: 1,
    list: Array(20).fill({ at: `2024-05-31${'a'.repeat(90)}!` }),
  },
  ['list', ['list'], { at: 'x'.repeat(5000) }],
];

export const subject: FuzzSubject<string> = {
  input: fc.oneof(
    { weight: 5, arbitrary: alteredText(files, yamlPiece) },
    { weight: 4, arbitrary: sourcesText },
    { weight: 1, arbitrary: yamlText },
  ),
  sizeOf: text => text.length,
  run: text => {
    const parsed = parseSources(text, { zone: 'Europe/Berlin', baseCurrency: 'EUR' });
    if (!parsed.ok) return parsed;
    return parsed.sources.map(({ map, ...said }) => [said, values.map(value => mapAll({ ...said, map }, value))]);
  },
};
