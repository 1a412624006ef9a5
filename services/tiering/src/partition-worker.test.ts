import type { RecordReader } from '@tierflow/kafka/record-reader';
import { type FailureCode, PortFailure } from '@tierflow/processor/errors';
import type { PartitionTask } from '@tierflow/processor/partition-task';
import type { Logger } from '@tierflow/telemetry/log';
import { TieringMetrics } from '@tierflow/telemetry/tiering-metrics';
import { expect, test, vi } from 'vitest';
import { pacing } from './pacing.ts';
import { PartitionWorker } from './partition-worker.ts';

const settings = { fetchBytes: 1000, commitEventsMax: 10, commitIntervalMinMs: 0, verifyIntervalMs: 3000 };
const idleRead = { status: 'read', records: [], unreadable: [], nextOffset: 0, logStart: 0, highWatermark: 0 };

/** A worker whose takeovers fail with these codes, one after the other, and then succeed. */
function workerThatMeets(...failures: FailureCode[]) {
  const metrics = new TieringMetrics();
  const said: string[] = [];
  const say = (_: unknown, message: string) => void said.push(message.split(':')[0]!);
  let isFull = false;
  let looks = 0;
  const room = {
    get isFull() {
      looks++;
      return isFull;
    },
    set isFull(value) {
      isFull = value;
    },
    refused: () => {
      isFull = true;
    },
  };
  let takeovers = 0;
  const task = {
    position: 0,
    unpublishedEntries: 0,
    idle: async () => {},
    drain: async () => {},
    close: async () => {},
  };
  const worker = new PartitionWorker(
    3,
    Promise.resolve(),
    {
      topic: 'events',
      reader: {
        read: () => new Promise(resolve => setTimeout(resolve, 5, idleRead)),
        release: () => {},
      } as unknown as RecordReader,
      takeOver: async () => {
        const code = failures[takeovers++];
        if (code !== undefined) throw new PortFailure(code, 'refused');
        return task as unknown as PartitionTask;
      },
      decode: async () => [],
      rejoin: () => {},
      room,
      pacing,
      newToken: () => 'token',
      metrics,
      logger: { info: say, warn: say, error: say } as unknown as Logger,
    },
    settings,
  );
  const paused = async () => (await metrics.paused.get()).values.map(({ labels }) => labels.reason);
  return { worker, room, said, paused, takeovers: () => takeovers, looks: () => looks };
}

test('a store that refuses for want of memory is not asked again until it has room', async () => {
  const { worker, room, said, paused, takeovers, looks } = workerThatMeets('storeFull', 'storeFull');
  await vi.waitFor(() => expect(room.isFull).toBe(true));
  // It has looked more than once, and asked nothing.
  const before = looks();
  await vi.waitFor(() => expect(looks()).toBeGreaterThan(before + 1), { timeout: 5000 });
  expect([takeovers(), await paused(), worker.pause.reason]).toEqual([1, ['storeFull'], 'storeFull']);

  room.isFull = false;
  await vi.waitFor(() => expect(takeovers()).toBe(2), { timeout: 5000 });
  await vi.waitFor(() => expect(room.isFull).toBe(true));
  room.isFull = false;
  await vi.waitFor(() => expect(worker.state).toBe('folding'), { timeout: 5000 });
  expect(await paused()).toEqual([]);
  expect(said).toEqual(['partition paused', 'partition taken over', 'partition goes on']);
  await worker.stop(true);
});

test('a partition that a backup holds waits until it is released', async () => {
  const { worker, said, takeovers } = workerThatMeets('held', 'held', 'held');
  await vi.waitFor(() => expect(worker.state).toBe('folding'), { timeout: 10_000 });
  expect(takeovers()).toBe(4);
  expect(said.filter(text => text === 'partition paused')).toHaveLength(1);
  expect(said).not.toContain('partition dropped, taking it over again');
  await worker.stop(true);
});

test('any other failure is no pause', async () => {
  const { worker, said, paused } = workerThatMeets('broker', 'timeout');
  await vi.waitFor(() => expect(worker.state).toBe('folding'), { timeout: 5000 });
  expect(await paused()).toEqual([]);
  expect(said.filter(text => text === 'partition dropped, taking it over again')).toHaveLength(2);
  expect(said).not.toContain('partition paused');
  await worker.stop(true);
});
