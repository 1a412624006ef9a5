import { decodeHead } from '@tierflow/customer/customer-codec';
import type { Fact, LogEvent } from '@tierflow/customer/events';
import { inHead } from '@tierflow/window/tile-series';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PartitionState } from './partition-state.ts';
import { formatDigest, mix, noDigest } from './slice-digests.ts';
import { decision, genesis, PartitionUnderTest, purchase, refund } from './testing/partition-under-test.ts';

const firstDay = 20_000;
const slices = Array.from({ length: genesis.slices }, (_, slice) => slice);

/** Digests over what is stored, as somebody reckons who reads it all; nothing of how they are moved along. */
function recomputed({ store }: PartitionUnderTest): string[] {
  const { heads, chunks, due, partitionState } = store.partition(0);
  const state = PartitionState.parse(partitionState!);
  const digests = slices.map(() => ({ high: 0, low: 0 }));
  for (const [id, { slice }] of due) {
    const head = heads.get(id)!;
    mix(digests[slice]!, id, inHead, head);
    for (const sequence of decodeHead(id, head, state).chunkSequences) {
      mix(digests[slice]!, id, sequence, chunks.get(`${sequence}:${id}`)!);
    }
  }
  return digests.map(formatDigest);
}

function kept({ store }: PartitionUnderTest): string[] {
  return slices.map(slice => store.partition(0).digests.get(slice) ?? noDigest);
}

async function running(): Promise<PartitionUnderTest> {
  const partition = new PartitionUnderTest();
  partition.append(
    { type: 'ClockTicked', day: firstDay },
    purchase('ada', firstDay, 50_00),
    purchase('bob', firstDay, 1),
  );
  return partition.fold();
}

describe('the digests of the slices', () => {
  const id = fc.constantFrom('ada', 'bob', 'cyd', '客户', 'eve');
  const step = fc.oneof(
    { weight: 30, arbitrary: fc.record({ id, day: fc.nat(120), amount: fc.nat(9), isRefund: fc.boolean() }) },
    { weight: 2, arbitrary: fc.record({ forget: id, day: fc.nat(120) }) },
    { weight: 3, arbitrary: fc.record({ tick: fc.nat(130) }) },
    { weight: 1, arbitrary: fc.constant('takeOver' as const) },
    { weight: 8, arbitrary: fc.constant('commit' as const) },
  );

  type Step = Exclude<typeof step extends fc.Arbitrary<infer T> ? T : never, string>;

  function eventOf(given: Step, count: number): LogEvent {
    if ('tick' in given) return { type: 'ClockTicked', day: firstDay + given.tick };
    const more = { eventId: `e${count}` };
    const day = firstDay + given.day;
    if ('forget' in given) return decision('CustomerForgotten', given.forget, day, more);
    const buy = given.isRefund ? refund : purchase;
    return buy(given.id, day, given.amount, { ...more, orderId: `${given.day}` } as Partial<Fact>);
  }

  it('are those of what is stored, after every commit, whatever came and went', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 400, size: 'max' }), async steps => {
        const partition = await running();
        // So few customers are kept that they are loaded again and again.
        let task = await partition.takeOver(ports => ports, { cacheCustomersMax: 2 });
        let count = 0;
        for (const given of [...steps, 'commit' as const]) {
          if (typeof given === 'object') {
            partition.append(eventOf(given, count++));
            continue;
          }
          await partition.foldOn(task);
          expect(kept(partition)).toEqual(recomputed(partition));
          if (given === 'commit') continue;
          await task.close();
          task = await partition.takeOver(ports => ports, { cacheCustomersMax: 2 });
        }
        await task.close();
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it.each<[string, (stored: ReturnType<PartitionUnderTest['store']['partition']>) => void]>([
    ['a head that is gone', stored => stored.heads.delete('ada')],
    ['a head that was altered', stored => stored.heads.get('ada')!.fill(stored.heads.get('ada')!.at(-1)! ^ 1, -1)],
    ['a customer who is gone altogether', stored => [stored.heads.delete('ada'), stored.due.delete('ada')]],
  ])('show %s, also after the owner has gone on with it', async (_, damage) => {
    const partition = await running();
    damage(partition.store.partition(0));
    await partition.append(purchase('ada', firstDay, 70_00), purchase('bob', firstDay, 2)).fold();
    expect(kept(partition)).not.toEqual(recomputed(partition));
  });

  it('begin with the fold of a partition, and not in the middle of a state that has none', async () => {
    const empty = await new PartitionUnderTest().fold();
    expect(empty.store.partition(0).digests).toEqual(new Map([[0, noDigest]]));

    const partition = await running();
    partition.store.partition(0).digests.clear();
    await partition.append(purchase('ada', firstDay, 70_00)).fold();
    expect(partition.store.partition(0).digests).toEqual(new Map());

    partition.store.partition(0).cursor = null;
    await partition.fold();
    expect(kept(partition)).toEqual(recomputed(partition));
  });
});
