/** What an audit finds. Each says where it is and what does not fit. */
export type FindingKind =
  /** Heads and chunks of a slice are not those that were written. */
  | 'digestDiffers'
  /** There are customers, and no digest to hold them to. */
  | 'digestMissing'
  | 'stateMissing'
  | 'chunkMissing'
  | 'stateUnreadable'
  /** A customer's place in a rank index is not the one that its state gives. */
  | 'rankDiffers'
  /** Somebody stands in a rank index who is no customer. */
  | 'rankOfNobody'
  | 'standingsDiffer'
  /** The topic is behind what the state says was published. */
  | 'topicBehind'
  /** The topic is ahead of the state, which is always written first. */
  | 'stateBehind'
  | 'onlyInState'
  | 'onlyOnTopic';

export interface Finding {
  readonly kind: FindingKind;
  readonly customerId: string | null;
  readonly slice: number | null;
  readonly detail: string;
}

export function isOfRanks({ kind }: Finding): boolean {
  return kind === 'rankDiffers' || kind === 'rankOfNobody';
}

export interface PartitionAudit {
  readonly partition: number;
  readonly cursor: number | null;
  readonly customers: number;
  /** null: not looked at, see `unchecked`. */
  readonly digestsEqual: boolean | null;
  readonly ranksEqual: boolean | null;
  readonly standingsEqual: boolean | null;
  readonly findings: readonly Finding[];
  /** What could not be said, and why. */
  readonly unchecked: readonly string[];
}
