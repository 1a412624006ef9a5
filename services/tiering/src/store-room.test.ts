import { expect, test } from 'vitest';
import { StoreRoom } from './store-room.ts';

const memory = (usedBytes: number, maxBytes: number | null = 1000) => ({
  usedBytes,
  maxBytes,
  evictionPolicy: 'noeviction',
});

function roomAfter(...seen: (ReturnType<typeof memory> | 'refused')[]): boolean[] {
  const room = new StoreRoom(() => Promise.reject(new Error('is not polled here')));
  return seen.map(each => {
    if (each === 'refused') room.refused();
    else room.look(each);
    return room.isFull;
  });
}

test('is full from nine tenths of the limit, and has room again only below the lower mark', () => {
  const used = [0, 899, 900, 1200, 899, 850, 849, 899, 900];
  expect(roomAfter(...used.map(bytes => memory(bytes)))).toEqual([
    ...[false, false, true, true, true, true, false, false, true],
  ]);
});

test('is full once a write was refused, until the lower mark', () => {
  expect(roomAfter(memory(870), 'refused', memory(870), memory(849))).toEqual([false, true, true, false]);
});

test('has room where no limit is set, also when it is taken away', () => {
  expect(roomAfter(memory(5_000_000, null), memory(950), memory(950, null))).toEqual([false, true, false]);
});
