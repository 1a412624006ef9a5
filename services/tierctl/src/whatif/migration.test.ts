import type { Direction } from '@tierflow/customer/changes';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CustomerAfter, type Migration, MigrationCount, type Move } from './migration.ts';

const tiers = ['gold', 'silver', 'bronze'];
const programs = ['value', 'mood'];
const tier = fc.option(fc.constantFrom(...tiers), { nil: null });

function directionOf(from: string | null, to: string | null): Direction {
  if (from === null) return 'first';
  if (to === null) return 'end';
  return tiers.indexOf(to) < tiers.indexOf(from) ? 'up' : 'down';
}

/** What a customer goes through in a program: the tiers it is in, one after the other. */
const path = fc
  .array(tier, { minLength: 1, maxLength: 4 })
  .map(all => all.filter((each, i) => i === 0 || each !== all[i - 1]));

const lives = fc.array(fc.record({ paths: fc.tuple(path, path), revenueMinor: fc.integer({ min: -500, max: 9_999 }) }));

type Lives = typeof lives extends fc.Arbitrary<infer T> ? T : never;

function customersOf(all: Lives): CustomerAfter[] {
  return all.map(({ paths, revenueMinor }, index) => ({
    customerId: `c${index}`,
    revenueMinor,
    standings: paths.map((tiersPassed, p) => ({ program: programs[p]!, tier: tiersPassed.at(-1)! })),
    changes: paths.flatMap((tiersPassed, p) =>
      tiersPassed.slice(1).map((to, i): Move => {
        const from = tiersPassed[i]!;
        return { program: programs[p]!, from, to, direction: directionOf(from, to) };
      }),
    ),
  }));
}

function counted(
  customers: readonly CustomerAfter[],
  losersMost = 3,
): { base: unknown; result: Map<string, Migration> } {
  const count = new MigrationCount(programs, losersMost);
  for (const customer of customers) count.add(customer);
  return { base: { ...count.base }, result: count.result() };
}

const sumOf = (groups: Iterable<{ readonly customers: number; readonly revenueMinor: number }>) => {
  const sum = { customers: 0, revenueMinor: 0 };
  for (const { customers, revenueMinor } of groups) {
    sum.customers += customers;
    sum.revenueMinor += revenueMinor;
  }
  return sum;
};

test('every program holds the whole base, and its rows and columns are who stood and would stand in each tier', () => {
  fc.assert(
    fc.property(lives, all => {
      const { base, result } = counted(customersOf(all));
      expect(base).toEqual(sumOf(all.map(({ revenueMinor }) => ({ customers: 1, revenueMinor }))));
      for (const [p, name] of programs.entries()) {
        const { cells } = result.get(name)!;
        expect(sumOf(cells)).toEqual(base);
        for (const each of [...tiers, null]) {
          const before = all.filter(({ paths }) => paths[p]![0] === each);
          const after = all.filter(({ paths }) => paths[p]!.at(-1) === each);
          const row = sumOf(cells.filter(({ from }) => from === each));
          const column = sumOf(cells.filter(({ to }) => to === each));
          expect(row.customers).toBe(before.length);
          expect(column.customers).toBe(after.length);
        }
      }
    }),
  );
});

test('those who move are all who end elsewhere than they began', () => {
  fc.assert(
    fc.property(lives, all => {
      const { result } = counted(customersOf(all));
      for (const { cells, moved } of result.values()) {
        expect(sumOf(Object.values(moved))).toEqual(sumOf(cells.filter(({ from, to }) => from !== to)));
      }
    }),
  );
});

test('the losers told are those who spend most, however many fall', () => {
  const falling = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 400 });
  fc.assert(
    fc.property(falling, fc.integer({ min: 0, max: 5 }), (revenues, most) => {
      const { result } = counted(
        revenues.map((revenueMinor, index) => ({
          customerId: `c${String(index).padStart(4, '0')}`,
          revenueMinor,
          standings: [{ program: 'value', tier: 'bronze' }],
          changes: [{ program: 'value', from: 'gold', to: 'bronze', direction: 'down' }],
        })),
        most,
      );
      const expected = revenues.toSorted((a, b) => b - a).slice(0, most);
      const told = result.get('value')!.topLosers;
      expect(told.map(({ revenueMinor }) => revenueMinor)).toEqual(expected);
      expect(new Set(told.map(({ customerId }) => customerId)).size).toBe(told.length);
    }),
  );
});

test('who comes back to where it was has not moved', () => {
  const { result } = counted([
    {
      customerId: 'amy',
      revenueMinor: 700,
      standings: [{ program: 'value', tier: 'gold' }],
      changes: [
        { program: 'value', from: 'gold', to: 'silver', direction: 'down' },
        { program: 'value', from: 'silver', to: 'gold', direction: 'up' },
      ],
    },
  ]);
  const { cells, topLosers } = result.get('value')!;
  expect(cells).toEqual([{ from: 'gold', to: 'gold', customers: 1, revenueMinor: 700 }]);
  expect(topLosers).toEqual([]);
});
