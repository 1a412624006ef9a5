/** The in-memory store keeps the contract of the real one. */
import { InMemoryRankIndexes } from '@tierflow/processor/in-memory-rank-indexes';
import { InMemoryStateStore } from '@tierflow/processor/in-memory-state-store';
import type { StateStore } from '@tierflow/processor/ports';
import { testStateStore } from './state-store.contract.ts';

testStateStore('In memory', async partitions => {
  let store = new InMemoryStateStore();
  const current: StateStore = {
    claim: (...given) => store.claim(...given),
    reset: (...given) => store.reset(...given),
    loadHeads: (...given) => store.loadHeads(...given),
    loadChunks: (...given) => store.loadChunks(...given),
    due: (...given) => store.due(...given),
    commit: (...given) => store.commit(...given),
    verify: (...given) => store.verify(...given),
  };
  return {
    store: current,
    ranks: () => new InMemoryRankIndexes(store, partitions),
    readClosings: async (partition, days) => {
      const { closings } = store.partition(partition);
      return days.filter(day => closings.has(day)).map(day => ({ day, json: closings.get(day)! }));
    },
    loseEverything: async () => {
      store = new InMemoryStateStore();
    },
    close: async () => {},
  };
});
