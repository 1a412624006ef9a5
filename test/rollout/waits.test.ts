import { expect, test } from 'vitest';
import { rolloutStages, type Stage, spread, waitsByStage } from './waits.ts';

test('a percentile is the smallest value that so many do not exceed', () => {
  const values = Array.from({ length: 2000 }, (_, i) => 2000 - i);
  expect(spread(values)).toEqual({ p50: 1000, p99: 1980, p999: 1998, max: 2000 });
  expect(spread([7])).toEqual({ p50: 7, p99: 7, p999: 7, max: 7 });
  expect(spread([])).toEqual({ p50: 0, p99: 0, p999: 0, max: 0 });
});

test('an event counts for the stage in which it was written, and for all roll-outs together', () => {
  const stage = (name: string, fromMs: number, isRollout: boolean): Stage => {
    return { name, fromMs, toMs: fromMs + 1000, isRollout };
  };
  const stages = [stage('steady', 0, false), stage('out', 2000, true), stage('back', 3000, true)];
  const wait = (atMs: number, ms: number) => ({ atMs, writtenMs: ms, seenMs: ms + 1 });
  const found = waitsByStage([wait(999, 5), wait(1500, 900), wait(2999, 10), wait(3000, 20), wait(4000, 800)], stages);
  expect(found.map(({ stage, events, seconds, seen }) => [stage, events, seconds, seen.max])).toEqual([
    ['steady', 1, 1, 6],
    ['out', 1, 1, 11],
    ['back', 1, 1, 21],
    [rolloutStages, 2, 2, 21],
  ]);
});
