/**
 * Whatever comes from outside ends as a value of the documented kind: nothing is thrown, no input takes longer than a
 * second, no built-in prototype changes, and memory stays bounded.
 */
import { expect, test } from 'vitest';
import { fuzz, fuzzTimeoutMs } from './fuzz.ts';

test.each([
  ['canonical-lines', 2000],
  ['json-records', 1200],
  ['sources-files', 500],
  ['policies', 600],
  ['conditions', 2000],
  ['avro-records', 3000],
  ['avro-schemas', 600],
  ['tables', 300],
  ['log-records', 300],
] as const)('%s', { timeout: fuzzTimeoutMs }, async (subject, runs) => {
  const report = await fuzz(subject, runs);
  expect(report.runs).toBeGreaterThan(0);
});
