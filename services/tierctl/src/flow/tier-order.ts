/** Which way a move goes, by the policies that know both of its tiers. */
import type { Policy, Program } from '@tierflow/customer/policy';
import type { LocalizedText } from '@tierflow/customer/policy-document';

/** `first`: there was no standing; `end`: there is none any more; `across`: neither tier is above the other. */
export type MoveDirection = 'first' | 'up' | 'down' | 'across' | 'end';
export const moveDirections: readonly MoveDirection[] = ['up', 'down', 'across', 'first', 'end'];

export class TierOrder {
  readonly #policies: readonly Policy[];

  /** The one whose order and titles count first comes first. */
  constructor(policies: readonly Policy[]) {
    this.#policies = policies;
  }

  /** The policy's own in its order, then those that only others know. */
  programs(others: Iterable<string>): string[] {
    return [...new Set([...(this.#policies[0]?.programs ?? []).map(({ name }) => name), ...others])];
  }

  /** Of the first policy that has the program, in its order; then those that only others know. */
  tiers(program: string, others: Iterable<string>): string[] {
    return [...new Set([...(this.#known(program)[0]?.tiers ?? []).map(({ name }) => name), ...others])];
  }

  isRanked(program: string): boolean {
    const known = this.#known(program)[0];
    return known !== undefined && isRanked(known);
  }

  programTitle(program: string): LocalizedText | null {
    return this.#known(program)[0]?.title ?? null;
  }

  tierTitle(program: string, tier: string): LocalizedText | null {
    for (const { tiers } of this.#known(program)) {
      const found = tiers.find(({ name }) => name === tier);
      if (found !== undefined) return found.title;
    }
    return null;
  }

  directionOf(program: string, from: string | null, to: string | null): MoveDirection {
    if (from === null) return 'first';
    if (to === null) return 'end';
    for (const known of this.#known(program)) {
      const [before, after] = [from, to].map(tier => known.tiers.findIndex(({ name }) => name === tier));
      if (before! < 0 || after! < 0) continue;
      if (!isRanked(known)) return 'across';
      return after! < before! ? 'up' : 'down';
    }
    return 'across';
  }

  #known(program: string): Program[] {
    return this.#policies.flatMap(({ programs }) => programs.find(({ name }) => name === program) ?? []);
  }
}

/** The first tier of a ladder is its highest; an exit begins with everybody else and goes down by its stages. */
function isRanked({ kind, exit }: Program): boolean {
  return kind === 'ladder' || exit !== null;
}
