/**
 * What has flowed between two instants: the difference of two totals. So periods add up, whatever they are, and for each
 * tier closing = opening + in − out.
 */
import type { Cause } from '@tierflow/customer/changes';
import { divideRounded } from '@tierflow/customer/decimal';
import type { FlowTotals } from './flow-totals.ts';
import { type MoveDirection, moveDirections, type TierOrder } from './tier-order.ts';

/** Customers who went from one tier to another; one who goes twice counts twice. null: no standing. */
export interface Move {
  readonly from: string | null;
  readonly to: string | null;
  readonly cause: Cause;
  readonly direction: MoveDirection;
  readonly count: number;
}

export interface TierFlow {
  readonly tier: string;
  readonly opening: number;
  readonly in: number;
  readonly out: number;
  readonly closing: number;
  /**
   * Of those who stood in the tier at the beginning, so many at least never fell out of it: all but as many as left it
   * downwards or for good, of a segment in any way.
   */
  readonly retained: number;
  /** What the facts of its customers brought in the period. */
  readonly orders: number;
  /** Purchases − refunds, in minor units of the base currency. */
  readonly spendMinor: number;
  readonly feedbacks: number;
  /** Mean of the scores in hundredths of a per cent of their scale; null: there was no feedback. */
  readonly satisfactionHundredths: number | null;
}

export interface ProgramFlow {
  readonly program: string;
  readonly tiers: readonly TierFlow[];
  readonly moves: readonly Move[];
  /** Moves by direction and cause; a direction that nobody went is not there. */
  readonly directions: Readonly<Partial<Record<MoveDirection, Readonly<Partial<Record<Cause, number>>>>>>;
}

export function flowBetween(opening: FlowTotals, closing: FlowTotals, order: TierOrder): ProgramFlow[] {
  const flow = differences(opening.flow, closing.flow);
  const headline = differences(opening.headline, closing.headline);
  // Who stands nowhere and did nothing is told of only where the policy in force has the tier.
  const keys = [...[opening, closing].flatMap(({ stock }) => held(stock)), ...headline.keys()];
  const programs = [...keys, ...flow.keys()].map(key => key.split('|')[0]!);
  return order.programs(programs).map(program => {
    const moves = movesOf(program, flow, order);
    const known = [...tiersIn(program, keys), ...tiersOf(moves)];
    const tiers = order.tiers(program, known).map((tier): TierFlow => {
      const key = `${program}|${tier}`;
      const stood = opening.stock.get(key) ?? 0;
      const left = moves.filter(({ from }) => from === tier);
      const lost = order.isRanked(program) ? left.filter(isLoss) : left;
      return {
        tier,
        opening: stood,
        in: total(moves.filter(({ to }) => to === tier)),
        out: total(left),
        closing: closing.stock.get(key) ?? 0,
        retained: Math.max(0, stood - total(lost)),
        ...broughtBy(key, headline),
      };
    });
    return { program, tiers, moves, directions: byDirection(moves) };
  });
}

type Brought = Pick<TierFlow, 'orders' | 'spendMinor' | 'feedbacks' | 'satisfactionHundredths'>;

function broughtBy(key: string, headline: ReadonlyMap<string, number>): Brought {
  const sum = (what: string) => headline.get(`${key}|${what}`) ?? 0;
  const feedbacks = sum('feedbacks');
  const satisfactionHundredths = feedbacks > 0 ? divideRounded(sum('scoreHundredths'), feedbacks) : null;
  return { orders: sum('orders'), spendMinor: sum('spendMinor'), feedbacks, satisfactionHundredths };
}

function isLoss({ direction }: Move): boolean {
  return direction === 'down' || direction === 'end';
}

function movesOf(program: string, flow: ReadonlyMap<string, number>, order: TierOrder): Move[] {
  const moves: Move[] = [];
  for (const [key, count] of flow) {
    const [of, from, to, cause] = key.split('|') as [string, string, string, Cause];
    if (of !== program) continue;
    const [source, target] = [tierOf(from), tierOf(to)];
    moves.push({ from: source, to: target, cause, direction: order.directionOf(program, source, target), count });
  }
  const tiers = [null, ...order.tiers(program, tiersOf(moves))];
  const rank = ({ from, to }: Move) => tiers.indexOf(from) * tiers.length + tiers.indexOf(to);
  return moves.sort((a, b) => rank(a) - rank(b) || (a.cause < b.cause ? -1 : 1));
}

function byDirection(moves: readonly Move[]): ProgramFlow['directions'] {
  const directions: Partial<Record<MoveDirection, Partial<Record<Cause, number>>>> = {};
  for (const direction of moveDirections) {
    const causes: Partial<Record<Cause, number>> = {};
    for (const move of moves) {
      if (move.direction === direction) causes[move.cause] = (causes[move.cause] ?? 0) + move.count;
    }
    if (Object.keys(causes).length > 0) directions[direction] = causes;
  }
  return directions;
}

/** What has changed only. */
function differences(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): Map<string, number> {
  const changed = new Map<string, number>();
  for (const [key, value] of after) {
    const difference = value - (before.get(key) ?? 0);
    if (difference !== 0) changed.set(key, difference);
  }
  return changed;
}

function held(stock: ReadonlyMap<string, number>): string[] {
  return [...stock].flatMap(([key, count]) => (count === 0 ? [] : [key]));
}

function tiersIn(program: string, keys: readonly string[]): string[] {
  return keys.flatMap(key => {
    const [of, tier] = key.split('|') as [string, string];
    return of === program ? [tier] : [];
  });
}

function tiersOf(moves: readonly Move[]): string[] {
  return moves.flatMap(({ from, to }) => [from, to]).filter(tier => tier !== null);
}

function total(moves: readonly Move[]): number {
  return moves.reduce((sum, { count }) => sum + count, 0);
}

function tierOf(name: string): string | null {
  return name === 'none' ? null : name;
}
