import { describe, expect, it } from 'vitest';
import type { Publisher } from './ports.ts';
import { PartitionUnderTest, purchase } from './testing/partition-under-test.ts';

const day = 20_000;

/** A publisher whose transactions end when the test says so. */
class SlowOutput {
  private readonly waiting: (() => void)[] = [];

  around(publisher: Publisher): Publisher {
    return {
      fence: () => publisher.fence(),
      close: () => publisher.close(),
      publish: async (entries, after) => {
        await new Promise<void>(resolve => this.waiting.push(resolve));
        await publisher.publish(entries, after);
      },
    };
  }

  /** Lets the transaction that is open end; gives whether there was one. */
  async end(): Promise<boolean> {
    const next = this.waiting.shift();
    next?.();
    // As many turns as publishing and the next transaction take.
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    return next !== undefined;
  }
}

describe('a slow output', () => {
  it('holds the fold back at the bound, says so once, and lets it go on at half', async () => {
    const partition = new PartitionUnderTest().append({ type: 'ClockTicked', day });
    await partition.fold();
    const output = new SlowOutput();
    const task = await partition.takeOver(
      ports => ({
        ...ports,
        publishers: { open: async at => output.around(await ports.publishers.open(at)) },
      }),
      { unpublishedBytesMax: 8 * 1024 },
    );
    const said: boolean[] = [];
    task.onOutputSlow = isSlow => said.push(isSlow);

    const customers = Array.from({ length: 200 }, (_, i) => `c${i}`);
    partition.append(...customers.map(id => purchase(id, day, 50_00)));
    const first = task.position;
    let folded = 0;
    const folding = (async () => {
      for (; folded < customers.length; folded++) {
        const offset = first + folded;
        await task.process(
          partition.log.records.filter(record => record.offset === offset),
          offset + 1,
        );
      }
      await task.drain();
    })();

    // Each commit has one emission, and the first transaction has one commit.
    await settled(() => folded);
    expect(said).toEqual([true]);
    expect(task.unpublishedEntries).toBeGreaterThan(5);
    expect(task.unpublishedEntries).toBeLessThan(60);
    const held = folded;
    await output.end();
    expect(said.at(-1)).toBe(folded === held);

    while (await output.end()) await settled(() => folded);
    await folding;
    expect(task.unpublishedEntries).toBe(0);
    expect(said.length % 2).toBe(0);
    expect(partition.changes).toEqual(customers.map(id => `${id} loyalty -→silver facts`));
    await task.close();
  });
});

/** Waits until the number stands still. */
async function settled(count: () => number): Promise<void> {
  for (let before = -1; before !== count(); ) {
    before = count();
    for (let turn = 0; turn < 200; turn++) await Promise.resolve();
  }
}
