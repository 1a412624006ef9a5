import { partitionOf } from '@tierflow/processor/partition-of';
import { expect, test } from 'vitest';
import type { ForeignRecord, SourceTopic } from './foreign-records.ts';
import { wavesOf } from './waves.ts';

const partitions = 4;

function record(topic: SourceTopic, key: string, ...households: string[]): ForeignRecord {
  return { topic, key, value: {}, households };
}

const shape = (records: readonly ForeignRecord[]) =>
  wavesOf(records, partitions).map(wave => wave.map(({ topic, key }) => `${topic} ${key}`));

test('households that do not meet share a wave', () => {
  expect(shape([record('purchases', '1', '1'), record('feedback', '2', '2')])).toEqual([['purchases 1', 'feedback 2']]);
});

test('a household that stays in one partition stays in its wave', () => {
  expect(shape([record('purchases', '1', '1'), record('purchases', '1', '1')])).toEqual([
    ['purchases 1', 'purchases 1'],
  ]);
});

test('a household that takes another topic waits for the next wave, and so does what follows', () => {
  const day = [record('interactions', '1', '1'), record('purchases', '1', '1'), record('feedback', '1', '1')];
  expect(shape(day)).toEqual([['interactions 1'], ['purchases 1'], ['feedback 1']]);
});

test('a record about many waits for the slowest of them, and is waited for by all', () => {
  const day = [record('purchases', '1', '1'), record('interactions', 'all', '1', '2'), record('purchases', '2', '2')];
  expect(shape(day)).toEqual([['purchases 1'], ['interactions all'], ['purchases 2']]);
});

test('partitions of one topic are read side by side too', () => {
  const elsewhere = ['a', 'b', 'c', 'd', 'e'].find(
    key => partitionOf(key, partitions) !== partitionOf('1', partitions),
  )!;
  expect(shape([record('interactions', '1', '1'), record('interactions', elsewhere, '1')])).toEqual([
    ['interactions 1'],
    [`interactions ${elsewhere}`],
  ]);
});
