/** Three changes that show what the engine does: the greatest rise, a fall by time alone, a move by a refund. */
import type { TierChanged } from '@tierflow/customer/changes';
import type { Policy } from '@tierflow/customer/policy';

export type StoryKind = 'promotion' | 'time' | 'refund';

export interface Story {
  readonly kind: StoryKind;
  readonly change: TierChanged;
}

/** Looks at each change once, and keeps the best of each kind; of equals the first. */
export class StoryPicker {
  readonly #policy: Policy | null;
  readonly #best = new Map<StoryKind, { change: TierChanged; weight: number }>();

  constructor(policy: Policy | null) {
    this.#policy = policy;
  }

  consider(change: TierChanged): void {
    const steps = this.#steps(change);
    if (steps === null) return;
    if (steps > 0 && change.cause === 'facts') this.#offer('promotion', change, steps);
    if (steps < 0 && change.cause === 'time') this.#offer('time', change, -steps);
    if (change.cause === 'refund') this.#offer('refund', change, Math.abs(steps));
  }

  stories(): Story[] {
    return (['promotion', 'time', 'refund'] as const).flatMap(kind => {
      const best = this.#best.get(kind);
      return best === undefined ? [] : [{ kind, change: best.change }];
    });
  }

  #offer(kind: StoryKind, change: TierChanged, weight: number): void {
    const best = this.#best.get(kind);
    if (best === undefined || weight > best.weight || (weight === best.weight && isBefore(change, best.change))) {
      this.#best.set(kind, { change, weight });
    }
  }

  /** Tiers that a customer rose on a ladder; null where there is no up and down. */
  #steps({ program: name, from, to }: TierChanged): number | null {
    const program = this.#policy?.programs.find(candidate => candidate.name === name);
    if (program?.kind !== 'ladder' || from === null || to === null) return null;
    const rank = (tier: string): number => program.tiers.findIndex(candidate => candidate.name === tier);
    return rank(from) - rank(to);
  }
}

/** An order that does not depend on the partition that is read first. */
function isBefore(a: TierChanged, b: TierChanged): boolean {
  if (a.effectiveDay !== b.effectiveDay) return a.effectiveDay < b.effectiveDay;
  return a.customerId === b.customerId ? a.revision < b.revision : a.customerId < b.customerId;
}
