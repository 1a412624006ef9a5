/** What would change if a policy were activated at the end of a log, for tables, pictures and machines. */
import type { EpochDay, LogOpened, PolicyPublished, RolloutMode } from '@tierflow/customer/events';
import type { Policy, Program } from '@tierflow/customer/policy';
import type { Group, Migration } from './migration.ts';
import type { PlaybookCost } from './playbook-cost.ts';
import type { Notifications } from './predicted-changes.ts';

export interface Prediction {
  readonly genesis: LogOpened;
  /** The log's last day; null: none has begun. */
  readonly asOf: EpochDay | null;
  readonly candidate: PolicyPublished;
  /** With the cuts that it would have. */
  readonly policy: Policy;
  /** What the slices follow now; several during a roll-out, none where none was ever activated. */
  readonly present: readonly FollowedPolicy[];
  /** The one under way at the log's end. */
  readonly rollout: RolloutUnderWay | null;
  readonly base: Group;
  /** Revenue is the net spend of so many days. */
  readonly revenueDays: number;
  /** The policy's own first, in its order. */
  readonly programs: readonly ProgramPrediction[];
}

export interface RolloutUnderWay {
  readonly action: 'activate' | 'rollback';
  /** That is rolled out, or taken back. */
  readonly version: number;
  readonly mode: RolloutMode;
  /** Slices that follow it, or have come back. */
  readonly following: number;
}

export interface FollowedPolicy {
  readonly policy: Policy;
  readonly hash: string;
  readonly slices: number;
}

export interface ProgramPrediction extends Migration {
  readonly name: string;
  /** null: the policies followed now do not have it. */
  readonly before: Program | null;
  /** null: the policy does not have it, and its standings end. */
  readonly after: Program | null;
  /** The policy's, in its order, then those that only the present ones have. */
  readonly tiers: readonly string[];
  readonly notifications: Notifications;
  /** null: no policy says what its playbooks cost. */
  readonly cost: PlaybookCost | null;
}

/** Customers by tier; null: those without a standing. */
export function customersBy(side: 'from' | 'to', { cells }: Migration): Map<string | null, number> {
  const counts = new Map<string | null, number>();
  for (const cell of cells) counts.set(cell[side], (counts.get(cell[side]) ?? 0) + cell.customers);
  return counts;
}
