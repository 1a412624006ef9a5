/** The logs of every release give what they gave when they were released, however they are cut and whoever dies. */
import { stateFormat } from '@tierflow/customer/customer-codec';
import { describe, expect, test } from 'vitest';
import { RealFold } from '../oracle/real-fold.ts';
import { digestFold, digestState } from './digest-fold.ts';
import {
  goldenReleases,
  logNames,
  readDigests,
  readLog,
  readStateDigests,
  writeDigests,
  writeStateDigests,
} from './golden-logs.ts';

const waysToFold: readonly (readonly [string, (fold: RealFold) => Promise<RealFold>])[] = [1, 7, 500].flatMap(size => [
  [`in batches of ${size}`, fold => fold.run([size])],
  [`in batches of ${size} whose owners die`, fold => fold.runDying([size])],
]);

test('there are logs enough', () => {
  const digests = goldenReleases().flatMap(release => Object.values(readDigests(release)));
  expect(digests.length).toBeGreaterThanOrEqual(20);
  expect(digests.reduce((sum, { events }) => sum + events, 0)).toBeGreaterThanOrEqual(50_000);
});

describe.each(goldenReleases())('release %s', release => {
  const digests = readDigests(release);
  const states = readStateDigests(release, stateFormat);

  test('has a digest of each log, and its state in today’s format', () => {
    const repair = `node test/golden/release-golden.ts --state-format writes test/golden/${release}/state-format-${stateFormat}.json`;
    expect(states, repair).not.toBeNull();
    expect(Object.keys(digests).sort()).toEqual(logNames(release));
    expect(Object.keys(states!).sort()).toEqual(logNames(release));
  });

  test('is never written again', () => {
    expect(() => writeDigests(release, digests)).toThrow('EEXIST');
    expect(() => writeStateDigests(release, stateFormat, states!)).toThrow('EEXIST');
  });

  describe.each(waysToFold)('%s', (_name, run) => {
    test.each(logNames(release))('%s', { timeout: 120_000 }, async name => {
      const fold = await run(new RealFold(readLog(release, name)));
      expect(digestFold(fold, release)).toEqual(digests[name]);
      expect(digestState(fold)).toEqual(states?.[name]);
      expect(fold.output.openPublishers).toBe(0);
    });
  });
});
