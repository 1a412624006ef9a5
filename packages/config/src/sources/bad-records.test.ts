import { describe, expect, test } from 'vitest';
import {
  badRecords,
  badRecordsDeployment,
  badRecordsSources,
  type ForeignRecord,
} from '../../../../test/fixtures/bad-records.ts';
import { formatFileProblems } from '../yaml/format-file-problems.ts';
import { parseSources } from './parse-sources.ts';
import { readJsonRecord } from './read-json-record.ts';
import type { MappedEvent, Source } from './source.ts';

const parsed = parseSources(badRecordsSources, badRecordsDeployment);
if (!parsed.ok) throw new Error(formatFileProblems('bad-records.sources.yaml', parsed.problems));
const sourceByTopic = new Map(parsed.sources.map(source => [source.topic, source]));

function read(source: Source, { key, value }: ForeignRecord): readonly MappedEvent[] {
  const json = readJsonRecord(value!, source.recordBytesMax);
  if (!json.ok) return [json];
  const nowMs = Date.now();
  return source.map({ origin: `${source.topic}/0@1`, key, timestamp: nowMs, value: json.value }, nowMs);
}

test('there are many kinds of them, each with a name of its own', () => {
  expect(new Set(badRecords.map(({ name }) => name)).size).toBe(badRecords.length);
  expect(badRecords.length).toBeGreaterThanOrEqual(45);
});

/** Whether a record may be without a value is not the mapping's to say. */
const withValues = badRecords.filter(({ records }) => records.every(({ value }) => value !== null));

describe('a bad record', () => {
  test.each(withValues)('$name', ({ topic, records, rejections, acceptedCount }) => {
    const source = sourceByTopic.get(topic)!;
    const events = records.flatMap(record => read(source, record));
    const rejected = events.filter(event => !event.ok);
    expect(rejected.map(({ reason }) => reason)).toEqual(rejections);
    expect(events.length - rejected.length).toBe(acceptedCount);
    for (const { reason, field, message } of rejected) {
      expect(message.zh).toMatch(/[\u4e00-\u9fff]/);
      expect(message.en.length).toBeLessThan(500);
      if (field === null || reason === 'forbiddenKey') continue;
      expect(message.en).toMatch(/\(\S.* in line \d+\)$/);
      expect(message.en).toContain(field);
      expect(message.zh).toContain(field);
    }
    expect(({} as Record<string, unknown>).total).toBeUndefined();
  });
});
