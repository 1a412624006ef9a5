/**
 * Who would go from which tier to which, by program, with what they spend. Takes one customer after the other and keeps
 * counts alone, but for those who would lose most.
 */
import type { Direction, TierChanged } from '@tierflow/customer/changes';

/** A customer once the policy would be in force. */
export interface CustomerAfter {
  readonly customerId: string;
  readonly revenueMinor: number;
  readonly standings: readonly { readonly program: string; readonly tier: string | null }[];
  /** Its changes by the activation, in order. */
  readonly changes: readonly Move[];
}

export type Move = Pick<TierChanged, 'program' | 'from' | 'to' | 'direction'>;

export interface Group {
  readonly customers: number;
  readonly revenueMinor: number;
}

export interface MigrationCell extends Group {
  /** null: no standing. */
  readonly from: string | null;
  readonly to: string | null;
}

export interface Loser {
  readonly customerId: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly revenueMinor: number;
}

export interface Migration {
  /** Everybody of the base is in one of them; empty ones are left out. */
  readonly cells: readonly MigrationCell[];
  /** Those who move, by where they go. */
  readonly moved: Readonly<Record<Direction, Group>>;
  /** Those who would fall, by what they spend. */
  readonly topLosers: readonly Loser[];
}

interface Sum {
  customers: number;
  revenueMinor: number;
}

interface ProgramCount {
  readonly cells: Map<string, Sum & { readonly from: string | null; readonly to: string | null }>;
  readonly moved: Record<Direction, Sum>;
  losers: Loser[];
}

export class MigrationCount {
  readonly #programs = new Map<string, ProgramCount>();
  readonly #losersMost: number;
  readonly #base: Sum = { customers: 0, revenueMinor: 0 };

  /** Of these programs everybody is counted, also who has no standing in them. */
  constructor(programs: Iterable<string>, losersMost: number) {
    for (const name of programs) this.#programs.set(name, { cells: new Map(), moved: noMoves(), losers: [] });
    this.#losersMost = losersMost;
  }

  add({ customerId, revenueMinor, standings, changes }: CustomerAfter): void {
    grow(this.#base, revenueMinor);
    for (const [name, program] of this.#programs) {
      const to = standings.find(standing => standing.program === name)?.tier ?? null;
      const mine = changes.filter(change => change.program === name);
      const from = mine.length === 0 ? to : mine[0]!.from;
      this.#count(program, { from, to, revenueMinor });
      if (from === to) continue;
      const { direction } = mine.at(-1)!;
      grow(program.moved[direction], revenueMinor);
      if (direction === 'down') program.losers.push({ customerId, from, to, revenueMinor });
      // Now and then, so that their number stays small and sorting is not done for each.
      if (program.losers.length > 2 * this.#losersMost + 100) this.#cutLosers(program);
    }
  }

  #count(
    { cells }: ProgramCount,
    { from, to, revenueMinor }: Pick<MigrationCell, 'from' | 'to' | 'revenueMinor'>,
  ): void {
    const key = JSON.stringify([from, to]);
    let cell = cells.get(key);
    if (cell === undefined) {
      cell = { from, to, customers: 0, revenueMinor: 0 };
      cells.set(key, cell);
    }
    grow(cell, revenueMinor);
  }

  #cutLosers(program: ProgramCount): void {
    program.losers = program.losers
      .sort((a, b) => b.revenueMinor - a.revenueMinor || (a.customerId < b.customerId ? -1 : 1))
      .slice(0, this.#losersMost);
  }

  get base(): Group {
    return this.#base;
  }

  result(): Map<string, Migration> {
    return new Map(
      [...this.#programs].map(([name, program]) => {
        this.#cutLosers(program);
        return [name, { cells: [...program.cells.values()], moved: program.moved, topLosers: program.losers }];
      }),
    );
  }
}

function grow(sum: Sum, revenueMinor: number): void {
  sum.customers++;
  sum.revenueMinor += revenueMinor;
}

function noMoves(): Record<Direction, Sum> {
  const none = (): Sum => ({ customers: 0, revenueMinor: 0 });
  return { first: none(), up: none(), down: none(), across: none(), end: none(), unknown: none() };
}
