/**
 * Whatever comes from outside ends as a value of the documented kind: nothing is thrown, no input takes longer than a
 * second, no built-in prototype changes, and memory stays bounded.
 */
import { expect, test } from 'vitest';
import { fuzz, fuzzTimeoutMs } from './fuzz.ts';

test.each([
  ['canonical-lines', 3000],
  ['json-records', 3000],
  ['sources-files', 1500],
  ['policies', 1500],
  ['conditions', 3000],
  ['avro-records', 3000],
  ['avro-schemas', 1000],
  ['tables', 500],
  ['log-records', 300],
] as const)('%s', { timeout: fuzzTimeoutMs }, async (subject, runs) => {
  const report = await fuzz(subject, runs);
  expect(report.runs).toBeGreaterThan(0);
});
