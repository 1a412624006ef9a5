import { expect, test } from 'vitest';
import { compareStandings } from './compare-standings.ts';
import type { Standings } from './standings.ts';

type Side = Standings | null;

const at = (revision: number, text = `tier ${revision}`): Standings => ({ revision, text });

/** Both sides over time; the last entry stays. */
async function compare(...times: readonly { readonly state: Side; readonly topic: Side }[]) {
  const states = (side: Side) => new Map(side === null ? [] : [['ada', side]]);
  let read = 0;
  const now = () => times[Math.min(read, times.length - 1)]!;
  const { findings, undecided } = await compareStandings(states(times[0]!.state), new Map([['ada', times[0]!.topic]]), {
    readStates: async () => {
      read++;
      return states(now().state);
    },
    readTopic: async () => new Map([['ada', now().topic]]),
  });
  return { kinds: findings.map(({ kind }) => kind), undecided };
}

test.each<[string, Side, Side, string[]]>([
  ['the same on both sides', at(3), at(3), []],
  ['nobody was told of it yet', at(0, 'none'), null, []],
  ['forgotten', null, null, []],
  ['the same revision and other standings', at(3, 'gold'), at(3, 'silver'), ['standingsDiffer']],
  ['the topic lost its last record', at(3), at(2), ['topicBehind']],
  ['the state went back', at(2), at(3), ['stateBehind']],
  ['the topic knows nothing', at(3), null, ['onlyInState']],
  ['the state knows nothing', null, at(3), ['onlyOnTopic']],
])('%s', async (_, state, topic, kinds) => {
  expect(await compare({ state, topic })).toEqual({ kinds, undecided: 0 });
});

test('what changes meanwhile is no finding', async () => {
  const changing = [
    { state: at(2), topic: at(3) },
    { state: at(3), topic: at(4) },
    { state: at(4), topic: at(4) },
  ];
  expect(await compare(...changing)).toEqual({ kinds: [], undecided: 0 });
});

test('forgotten meanwhile and back again is no finding', async () => {
  const reborn = [
    { state: at(7), topic: null },
    { state: at(7), topic: at(1, 'bronze') },
    { state: at(1, 'bronze'), topic: at(1, 'bronze') },
  ];
  expect(await compare(...reborn)).toEqual({ kinds: [], undecided: 0 });
});

test('what never stands still is left undecided', async () => {
  const restless = Array.from({ length: 20 }, (_, i) => ({ state: at(i), topic: at(i + 1) }));
  expect(await compare(...restless)).toEqual({ kinds: [], undecided: 1 });
});
