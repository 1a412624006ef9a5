import { expect, test } from 'vitest';
import { FaultDeck, type FaultKind, faultKinds, kindsOf } from './fault-kinds.ts';

const all = Object.keys(faultKinds) as FaultKind[];
const draw = (deck: FaultDeck, count: number) => Array.from({ length: count }, () => deck.draw());

test('every kind comes once before any comes twice, and the seed decides the order', () => {
  const first = draw(new FaultDeck(all, 1), 60);
  expect(new Set(first.slice(0, all.length)).size).toBe(all.length);
  expect(draw(new FaultDeck(all, 1), 60)).toEqual(first);
  expect(draw(new FaultDeck(all, 2), 60)).not.toEqual(first);
});

test('a scenario has its own kinds only', () => {
  expect(kindsOf(['S4', 'S5'])).toEqual(['flushRedis', 'restoreRedis']);
  expect(new Set(draw(new FaultDeck(kindsOf(['S4']), 1), 5))).toEqual(new Set(['flushRedis']));
});
