import { compilePolicy } from '@tierflow/customer/compile-policy';
import type { Policy } from '@tierflow/customer/policy';
import type { PolicyDocument } from '@tierflow/customer/policy-document';
import { array, assert, constantFrom, integer, property, record, tuple } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { flowBetween, type ProgramFlow } from './flow-between.ts';
import { addTotals, type FlowTotals, noTotals, parseClosing } from './flow-totals.ts';
import { TierOrder } from './tier-order.ts';

const ladder = ['platinum', 'gold', 'bronze'] as const;

function policyWith(tiers: readonly string[], kind: 'ladder' | 'segment' = 'ladder'): Policy {
  const document: PolicyDocument = {
    policy: 'shop',
    version: 1,
    measures: { spend: { op: 'sum', of: 'netSpend' } },
    programs: {
      value: {
        kind,
        tiers: tiers.map((tier, i) =>
          i === tiers.length - 1 ? { tier } : { tier, when: { all: [`spend >= ${9 - i}.00`] } },
        ),
      },
    },
  };
  const context = { baseCurrencyDigits: 2, horizonDays: 800, kindIndex: () => 0, topicAt: String };
  const compiled = compilePolicy(document, context);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  return compiled.policy;
}

const order = new TierOrder([policyWith(ladder)]);

/** Counts what customers do, as the fold does. */
class Counted {
  readonly #flow = new Map<string, number>();
  readonly #stock = new Map<string, number>();
  readonly #headline = new Map<string, number>();

  move(from: string | null, to: string | null, cause: string): void {
    add(this.#flow, `value|${from ?? 'none'}|${to ?? 'none'}|${cause}`, 1);
    if (from !== null) add(this.#stock, `value|${from}`, -1);
    if (to !== null) add(this.#stock, `value|${to}`, 1);
  }

  bring(tier: string, what: string, amount: number): void {
    add(this.#headline, `value|${tier}|${what}`, amount);
  }

  now(): FlowTotals {
    return { flow: new Map(this.#flow), stock: new Map(this.#stock), headline: new Map(this.#headline) };
  }
}

function add(table: Map<string, number>, key: string, amount: number): void {
  table.set(key, (table.get(key) ?? 0) + amount);
}

function tierOf(program: ProgramFlow, tier: string) {
  return program.tiers.find(each => each.tier === tier)!;
}

test('a period tells who moved where and why, what each tier brought, and who stayed', () => {
  const counted = new Counted();
  for (let i = 0; i < 4; i++) counted.move(null, 'gold', 'facts');
  const opening = counted.now();
  counted.move('gold', 'platinum', 'facts');
  counted.move('gold', 'bronze', 'time');
  counted.move('gold', null, 'erasure');
  counted.move(null, 'bronze', 'facts');
  counted.bring('gold', 'orders', 3);
  counted.bring('gold', 'spendMinor', -250);
  counted.bring('gold', 'feedbacks', 3);
  counted.bring('gold', 'scoreHundredths', 25_000);
  const [value] = flowBetween(opening, counted.now(), order);

  expect(value!.tiers.map(({ tier }) => tier)).toEqual([...ladder]);
  expect(tierOf(value!, 'gold')).toEqual({
    ...{ tier: 'gold', opening: 4, in: 0, out: 3, closing: 1, retained: 2 },
    ...{ orders: 3, spendMinor: -250, feedbacks: 3, satisfactionHundredths: 8333 },
  });
  expect(tierOf(value!, 'bronze')).toMatchObject({ opening: 0, in: 2, closing: 2, satisfactionHundredths: null });
  expect(value!.moves).toEqual([
    { from: null, to: 'bronze', cause: 'facts', direction: 'first', count: 1 },
    { from: 'gold', to: null, cause: 'erasure', direction: 'end', count: 1 },
    { from: 'gold', to: 'platinum', cause: 'facts', direction: 'up', count: 1 },
    { from: 'gold', to: 'bronze', cause: 'time', direction: 'down', count: 1 },
  ]);
  expect(value!.directions).toEqual({ up: { facts: 1 }, down: { time: 1 }, first: { facts: 1 }, end: { erasure: 1 } });
});

describe('directions', () => {
  const latest = policyWith(['gold', 'silver', 'bronze']);

  test('a tier of a former policy is placed by a policy that had it', () => {
    const both = new TierOrder([latest, policyWith(ladder)]);
    expect(both.directionOf('value', 'platinum', 'bronze')).toBe('down');
    expect(both.directionOf('value', 'silver', 'gold')).toBe('up');
    expect(both.directionOf('value', 'platinum', 'silver')).toBe('across');
    expect(both.directionOf('former', 'a', 'b')).toBe('across');
  });

  test('a tier of a former policy is told of as long as something is left of it', () => {
    const counted = new Counted();
    counted.move(null, 'platinum', 'facts');
    const before = counted.now();
    counted.move('platinum', 'gold', 'policy');
    const after = counted.now();
    const names = (a: FlowTotals, b: FlowTotals) =>
      flowBetween(a, b, new TierOrder([latest]))[0]!.tiers.map(({ tier }) => tier);
    expect(names(before, after)).toEqual(['gold', 'silver', 'bronze', 'platinum']);
    expect(names(after, after)).toEqual(['gold', 'silver', 'bronze']);
  });

  test('of a segment whoever leaves is not retained', () => {
    const counted = new Counted();
    counted.move(null, 'gold', 'facts');
    const before = counted.now();
    counted.move('gold', 'platinum', 'facts');
    const [value] = flowBetween(before, counted.now(), new TierOrder([policyWith(ladder, 'segment')]));
    expect(tierOf(value!, 'gold').retained).toBe(0);
    expect(value!.directions).toEqual({ across: { facts: 1 } });
  });
});

const tier = constantFrom<string | null>(null, ...ladder);
const life = record({
  moves: array(tuple(tier, tier, constantFrom('facts', 'time', 'policy')), { maxLength: 30 }),
  brought: array(tuple(constantFrom(...ladder), constantFrom('orders', 'spendMinor'), integer({ min: -9, max: 9 }))),
});

function live(
  counted: Counted,
  { moves, brought }: { moves: [string | null, string | null, string][]; brought: [string, string, number][] },
): FlowTotals {
  for (const [from, to, cause] of moves) if (from !== to) counted.move(from, to, cause);
  for (const [of, what, amount] of brought) counted.bring(of, what, amount);
  return counted.now();
}

test('in any period, closing is opening + in − out', () => {
  assert(
    property(life, life, (one, two) => {
      const counted = new Counted();
      const opening = live(counted, one);
      for (const { tiers } of flowBetween(opening, live(counted, two), order)) {
        for (const each of tiers) expect(each.closing).toBe(each.opening + each.in - each.out);
      }
    }),
  );
});

test('periods add up', () => {
  assert(
    property(life, life, life, (one, two, three) => {
      const counted = new Counted();
      const [a, b, c] = [live(counted, one), live(counted, two), live(counted, three)];
      const [first, second, whole] = [flowBetween(a, b, order), flowBetween(b, c, order), flowBetween(a, c, order)];
      const sums = (flows: readonly ProgramFlow[]) => {
        const table = new Map<string, number>();
        for (const { tiers, moves } of flows) {
          for (const { from, to, cause, count } of moves) add(table, `${from} ${to} ${cause}`, count);
          for (const each of tiers) {
            for (const what of ['in', 'out', 'orders', 'spendMinor'] as const)
              add(table, `${each.tier} ${what}`, each[what]);
          }
        }
        return new Map([...table].filter(([, count]) => count !== 0).sort());
      };
      expect(sums([...first, ...second])).toEqual(sums(whole));
    }),
  );
});

test('a closing is read as it is written, and partitions add up', () => {
  const json = '{"flow":{"value|none|gold|facts":2},"stock":{"value|gold":2},"headline":{"value|gold|orders":5}}';
  const closing = parseClosing(json);
  expect(addTotals([closing, closing, noTotals])).toEqual({
    flow: new Map([['value|none|gold|facts', 4]]),
    stock: new Map([['value|gold', 4]]),
    headline: new Map([['value|gold|orders', 10]]),
  });
});
