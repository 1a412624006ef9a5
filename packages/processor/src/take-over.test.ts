import { describe, expect, it } from 'vitest';
import { CursorMoved, Fenced, Halted, type HaltReason, PortFailure } from './errors.ts';
import { genesis, PartitionUnderTest, purchase } from './testing/partition-under-test.ts';

const day = 20_000;

/** A partition that has folded and published a little. */
async function running(): Promise<PartitionUnderTest> {
  const partition = new PartitionUnderTest();
  partition.append({ type: 'ClockTicked', day }, purchase('ada', day, 50_00));
  return partition.fold();
}

/** Commits to the store and cannot publish, as a process does whose broker goes away between the two. */
async function foldWithoutBroker(partition: PartitionUnderTest): Promise<void> {
  const task = await partition.takeOver(ports => ({
    ...ports,
    publishers: {
      open: async at => ({
        ...(await ports.publishers.open(at)),
        publish: () => Promise.reject(new PortFailure('broker', 'The broker is away.')),
      }),
    },
  }));
  await expect(partition.foldOn(task)).rejects.toThrow(PortFailure);
  await task.close();
}

function mapsAsLists(_key: string, value: unknown): unknown {
  return value instanceof Map ? [...value] : value;
}

async function haltOf(partition: PartitionUnderTest): Promise<Halted> {
  const { token: _token, epoch: _epoch, ...before } = partition.store.partition(0);
  const stored = JSON.stringify(before, mapsAsLists);
  const error = await partition.takeOver().then(
    () => null,
    error => error,
  );
  expect(error).toBeInstanceOf(Halted);
  expect(partition.output.openPublishers).toBe(0);
  const { token: _after, epoch: _claims, ...after } = partition.store.partition(0);
  expect(JSON.stringify(after, mapsAsLists)).toBe(stored);
  return error;
}

describe('a guard halts the partition, with a remedy, and changes nothing', () => {
  const cases: [HaltReason, string, (partition: PartitionUnderTest) => void, RegExp][] = [
    [
      'genesisMissing',
      'the log is empty',
      partition => {
        partition.log.records = [];
        partition.log.end = 0;
      },
      /tierctl init/,
    ],
    [
      'genesisDiffers',
      'the log is of another namespace',
      partition => {
        const [first, ...rest] = partition.log.records;
        partition.log.records = [{ ...first!, event: { ...genesis, namespace: 'other' } }, ...rest];
      },
      /Point tiering to the topics/,
    ],
    [
      'genesisDiffers',
      'the log has another number of partitions',
      partition => {
        const [first, ...rest] = partition.log.records;
        partition.log.records = [{ ...first!, event: { ...genesis, partitions: 2 } }, ...rest];
      },
      /partition counts never change/,
    ],
    [
      'genesisDiffers',
      'the log begins with something else',
      partition => {
        partition.log.records = partition.log.records.slice(1);
      },
      /Point tiering to the topics/,
    ],
    [
      'genesisDiffers',
      'the log was made anew',
      partition => {
        const [first, ...rest] = partition.log.records;
        partition.log.records = [{ ...first!, event: { ...genesis, logId: 'log-2' } }, ...rest];
      },
      /restore the topic/,
    ],
    [
      'outputEmptied',
      'the output begins after its start and holds nothing',
      partition => {
        partition.output.published = [];
        partition.output.logStart = 7;
      },
      /retention/,
    ],
    [
      'outputRegressed',
      'the output has lost what was confirmed',
      partition => {
        partition.store.partition(0).acknowledged = partition.output.published.at(-1)!.id;
        partition.output.published.pop();
      },
      /Restore the topic/,
    ],
    [
      'outputRegressed',
      'the output has lost everything',
      partition => {
        partition.store.partition(0).acknowledged = partition.output.published.at(-1)!.id;
        partition.output.published = [];
      },
      /Restore the topic/,
    ],
    [
      'cursorBeyondLog',
      'the log has lost its end',
      partition => {
        partition.log.end = 2;
      },
      /Restore the topic/,
    ],
    [
      'cursorBeyondLog',
      'the store is lost and the log ends before what was emitted',
      partition => {
        Object.assign(partition.store.partition(0), { cursor: null, partitionState: null, acknowledged: null });
        partition.log.end = partition.output.published.at(-1)!.id.offset;
      },
      /Restore the topic/,
    ],
    [
      'logTruncated',
      'the log has lost what is not folded yet',
      partition => {
        partition.log.start = 6;
      },
      /newer backup/,
    ],
    [
      'logTruncated',
      'the store is lost and the log has lost its start',
      partition => {
        Object.assign(partition.store.partition(0), { cursor: null, partitionState: null, acknowledged: null });
        partition.log.start = 1;
      },
      /newer backup/,
    ],
    [
      'logTruncated',
      'the store is lost and the log has lost its genesis',
      partition => {
        Object.assign(partition.store.partition(0), { cursor: null, partitionState: null, acknowledged: null });
        partition.log.records = [];
        partition.log.start = 3;
      },
      /Restore the topic/,
    ],
    [
      'unknownStateFormat',
      'another release wrote the state',
      partition => {
        Object.assign(partition.store.partition(0), { stateFormat: 99, partitionState: '{"of":"the future"}' });
      },
      /release that wrote it/,
    ],
    [
      'unknownFoldVersion',
      'another fold decided it',
      partition => {
        Object.assign(partition.store.partition(0), { foldVersion: 99 });
      },
      /release that wrote it/,
    ],
  ];

  it.each(cases)('%s: %s', async (reason, _when, disturb, remedy) => {
    const partition = await running();
    disturb(partition);
    const halted = await haltOf(partition);
    expect(halted.code).toBe(reason);
    expect(halted.remedy).toMatch(remedy);
    expect(halted.retry).toBe('never');
  });
});

describe('a takeover', () => {
  it('goes on where the last one ended', async () => {
    const partition = await running();
    partition.append(purchase('ada', day, 60_00));
    await partition.fold();
    expect(partition.changes).toEqual(['ada loyalty -→silver facts', 'ada loyalty silver→gold facts']);
  });

  it('publishes what the outbox still holds, and only that', async () => {
    const partition = await running();
    const [first] = partition.output.published;
    partition.append(purchase('ada', day, 60_00), purchase('bob', day, 10_00));
    await foldWithoutBroker(partition);
    expect(partition.output.published).toEqual([first]);

    const successor = await partition.takeOver();
    await successor.drain();
    await successor.idle();
    await successor.close();
    expect(partition.changes).toEqual([
      'ada loyalty -→silver facts',
      'ada loyalty silver→gold facts',
      'bob loyalty -→silver facts',
    ]);
    expect(partition.store.partition(0).outbox).toEqual([]);
    expect(partition.store.partition(0).acknowledged).toEqual(partition.output.published.at(-1)!.id);
  });

  it('takes a state that is lost in part as lost', async () => {
    const partition = await running();
    partition.store.partition(0).partitionState = null;
    await partition.append(purchase('ada', day, 60_00)).fold();
    expect(partition.changes).toEqual(['ada loyalty -→silver facts', 'ada loyalty silver→gold facts']);
    expect(partition.record('applied')).toBe(2);
  });

  it('publishes nothing from an outbox whose cursor is lost, because the refold emits it again', async () => {
    const partition = await running();
    partition.append(purchase('ada', day, 60_00));
    await foldWithoutBroker(partition);
    const stored = partition.store.partition(0);
    expect(stored.outbox).toHaveLength(1);
    stored.cursor = null;
    await partition.fold();
    expect(partition.changes).toEqual(['ada loyalty -→silver facts', 'ada loyalty silver→gold facts']);
  });

  it('goes on with a log that has lost its beginning, where the state is past it', async () => {
    const partition = await running();
    const folded = partition.log.end;
    partition.append(purchase('ada', day, 60_00));
    partition.log.records = partition.log.records.slice(folded);
    partition.log.start = folded;
    const task = await partition.takeOver(ports => ({
      ...ports,
      log: { bounds: () => ports.log.bounds(0), genesis: async () => null },
    }));
    await partition.foldOn(task);
    await task.close();
    expect(partition.changes).toEqual(['ada loyalty -→silver facts', 'ada loyalty silver→gold facts']);
  });

  it('notices a store that was lost while there was nothing to do', async () => {
    const partition = await running();
    const task = await partition.takeOver();
    await task.verify();
    await partition.store.reset(0, partition.store.partition(0).token!);
    await expect(task.verify()).rejects.toThrow(CursorMoved);
    await task.close();
  });

  it('fences the predecessor in the store and on the output', async () => {
    const partition = await running();
    const predecessor = await partition.takeOver();
    const successor = await partition.takeOver();
    partition.append(purchase('ada', day, 60_00));
    await expect(partition.foldOn(predecessor)).rejects.toThrow(Fenced);
    await partition.foldOn(successor);
    await predecessor.close();
    await successor.close();
    expect(partition.changes).toEqual(['ada loyalty -→silver facts', 'ada loyalty silver→gold facts']);
  });

  it('is of no further use after a failure', async () => {
    const partition = await running();
    const task = await partition.takeOver(ports => ({
      ...ports,
      store: Object.assign(Object.create(ports.store), {
        commit: () => Promise.reject(new PortFailure('timeout', 'No answer.')),
      }),
    }));
    partition.append(purchase('ada', day, 60_00));
    await expect(partition.foldOn(task)).rejects.toThrow(PortFailure);
    await expect(task.process([], partition.log.end + 1)).rejects.toThrow(PortFailure);
    await expect(task.idle()).rejects.toThrow(PortFailure);
    await task.close();
    expect(partition.changes).toHaveLength(1);
  });
});
