/**
 * Records that show what the engine does: the greatest rise, a fall by time alone, a move by a refund, and of the highest
 * tiers one that was renewed, one that is about to be lost, and one that is near.
 */
import type { TierChanged, TierRecord } from '@tierflow/customer/changes';
import { positionOf } from '@tierflow/customer/fit';
import type { Policy, Program } from '@tierflow/customer/policy';

export const storyKinds = ['promotion', 'time', 'refund', 'renewal', 'expiring', 'approaching'] as const;
export type StoryKind = (typeof storyKinds)[number];

export interface Story {
  readonly kind: StoryKind;
  readonly record: TierRecord;
}

/** Looks at each record once, and keeps the best of each kind; of equals the first. */
export class StoryPicker {
  readonly #policy: Policy | null;
  readonly #best = new Map<StoryKind, { record: TierRecord; weight: number }>();

  constructor(policy: Policy | null) {
    this.#policy = policy;
  }

  consider(record: TierRecord): void {
    const program = this.#policy?.programs.find(({ name }) => name === record.program);
    if (program === undefined) return;
    switch (record.type) {
      case 'TierChanged':
        this.#considerChange(record, program);
        break;
      case 'StandingRenewed':
        this.#offer('renewal', record, heightOf(program, record.tier));
        break;
      case 'Expiring':
        this.#offer('expiring', record, heightOf(program, record.tier));
        break;
      case 'Approaching':
        this.#offer('approaching', record, heightOf(program, record.next));
        break;
    }
  }

  stories(): Story[] {
    return storyKinds.flatMap(kind => {
      const best = this.#best.get(kind);
      return best === undefined ? [] : [{ kind, record: best.record }];
    });
  }

  #considerChange(change: TierChanged, program: Program): void {
    const steps = stepsOf(change, program);
    if (steps === null) return;
    if (steps > 0 && change.cause === 'facts') this.#offer('promotion', change, steps);
    if (steps < 0 && change.cause === 'time') this.#offer('time', change, -steps);
    if (change.cause === 'refund') this.#offer('refund', change, Math.abs(steps));
  }

  #offer(kind: StoryKind, record: TierRecord, weight: number): void {
    const best = this.#best.get(kind);
    if (best === undefined || weight > best.weight || (weight === best.weight && isBefore(record, best.record))) {
      this.#best.set(kind, { record, weight });
    }
  }
}

/** Tiers that a customer rose on a ladder; null where there is no up and down. */
function stepsOf({ from, to }: TierChanged, program: Program): number | null {
  if (program.kind !== 'ladder' || from === null || to === null) return null;
  return positionOf(program, from) - positionOf(program, to);
}

/** How many tiers are below it. */
function heightOf(program: Program, tier: string): number {
  return program.tiers.length - 1 - positionOf(program, tier);
}

/** An order that does not depend on the partition that is read first. */
function isBefore(a: TierRecord, b: TierRecord): boolean {
  if (a.effectiveDay !== b.effectiveDay) return a.effectiveDay < b.effectiveDay;
  return a.customerId === b.customerId ? a.revision < b.revision : a.customerId < b.customerId;
}
