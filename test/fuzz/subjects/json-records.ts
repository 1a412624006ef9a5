/** JSON records of foreign systems, mapped by the sources that are shipped and tested. */
import { readFileSync } from 'node:fs';
import { parseSources } from '@tierflow/config/sources/parse-sources';
import { readJsonRecord } from '@tierflow/config/sources/read-json-record';
import fc from 'fast-check';
import { badRecords, badRecordsSources } from '../../fixtures/bad-records.ts';
import { alteredBytes, alteredJson, alteredText, hostileText, jsonText } from '../hostile-text.ts';
import { mapAll } from '../map-all.ts';
import type { FuzzSubject } from '../subject.ts';

const shipped = readFileSync(new URL('../../../deploy/samples/complete-journey/sources.yaml', import.meta.url), 'utf8');
const sources = [
  [shipped, { zone: 'America/New_York', baseCurrency: 'USD' }] as const,
  [badRecordsSources, { zone: 'Europe/Berlin', baseCurrency: 'EUR' }] as const,
].flatMap(([text, context]) => {
  const parsed = parseSources(text, context);
  if (!parsed.ok) throw new Error('The sources are invalid.');
  return parsed.sources.filter(({ format }) => format === 'json');
});

const documents = [
  '{"basket":{"id":31625220889,"household":2261,"at":"2017-01-28T14:06:53","total":3.86,"lines":[]},"store":{"channel":"x"}}',
  '{"campaign":{"id":8,"type":"Type A"},"sentOn":"2017-05-08","contacts":[{"household":1},{"household":2}]}',
  '{"redemption":{"household":1029,"coupon":"51380041013","campaign":26,"on":"2017-01-01"}}',
  '{"household":1,"changedAt":"2017-01-01T00:00:00-05:00","age":"65+","home":{"ownership":"Homeowner","people":"2"}}',
  '{"answer":{"id":"a-3","from":2261,"at":1485716813,"stars":4}}',
  '{"id":1,"customer":{"id":7},"at":"2024-05-31T10:00:00Z","total":12.5,"currency":"USD","channel":"W"}',
  '{"customer":"7","at":1717149600,"medium":"call","wait":30}',
  '{"customer":"7","visits":[{"at":"2024-05-31T10:00:00Z"},{"at":"2024-05-31T11:00:00Z"}]}',
];
const shortRecords = badRecords.flatMap(({ records }) =>
  records.flatMap(({ value }) => (value !== null && value.length < 100_000 ? [value] : [])),
);

/** A thousand parts, each of them refused for the same large value. */
const sharedByAll = fc
  .tuple(
    fc.constantFrom('"visits"', '"contacts"'),
    fc.constantFrom('"customer"', '"campaign"', '"sentOn"'),
    hostileText,
    fc.boolean(),
  )
  .map(([list, field, text, isObject]) => {
    const value = JSON.stringify(isObject ? { id: { text } } : text);
    return `{${list}:[${Array(1000).fill('{"at":"2024-05-31T10:00:00Z"}').join(',')}],${field}:${value},"at":1}`;
  });

export const subject: FuzzSubject<Buffer> = {
  input: fc.oneof(
    { weight: 6, arbitrary: alteredJson(documents).map(text => Buffer.from(text)) },
    { weight: 2, arbitrary: alteredText(documents, hostileText).map(text => Buffer.from(text)) },
    { weight: 1, arbitrary: sharedByAll.map(text => Buffer.from(text)) },
    { weight: 1, arbitrary: jsonText.map(text => Buffer.from(text)) },
    { weight: 2, arbitrary: alteredBytes(fc.constantFrom(...shortRecords)) },
  ),
  sizeOf: bytes => bytes.length,
  run: bytes => {
    const json = readJsonRecord(bytes, sources[0]!.recordBytesMax);
    return json.ok ? [json, sources.map(source => mapAll(source, json.value))] : json;
  },
};
