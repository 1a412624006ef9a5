/** What a run has met. A run that has not met everything proves nothing, so it is invalid. */
import type { TierRecord } from '@tierflow/customer/changes';
import type { HaltReason } from '@tierflow/processor/errors';
import type { NaiveMeeting } from '../oracle/naive-fold.ts';

const haltReasons: Record<HaltReason, true> = {
  genesisMissing: true,
  genesisDiffers: true,
  outputEmptied: true,
  outputRegressed: true,
  cursorBeyondLog: true,
  logTruncated: true,
  unknownStateFormat: true,
  unknownFoldVersion: true,
};

const recordTypes: Record<TierRecord['type'], true> = {
  TierChanged: true,
  StandingRenewed: true,
  Expiring: true,
  Approaching: true,
};

const meetings: Record<NaiveMeeting, true> = {
  'roll-out begun': true,
  'rolled back half-way': true,
  restored: true,
  sealed: true,
  grandfathered: true,
  'adopted lazily': true,
  calibrated: true,
  'cause population': true,
  'index sweep': true,
};

/** What each run of some thousand seeds has to meet. */
export const needed: readonly string[] = [
  'redis ahead of the output',
  'redis behind the output',
  'redis lost',
  'fenced by a producer',
  'fenced by a token',
  'refused: cursor moved',
  'refused: state lost',
  'commit arrived twice',
  'transaction aborted by the successor',
  'transaction aborted by its timeout',
  'EndTxn of a former epoch refused',
  'EndTxn ended the next transaction',
  'Produce refused: not in a transaction',
  'Produce recognised as a repetition',
  'markers delayed',
  'write to the old master',
  'crash',
  'frozen owner',
  'rebalance',
  'orderly stop',
  ...Object.keys(haltReasons).map(reason => `halted: ${reason}`),
  ...Object.keys(recordTypes).map(type => `published: ${type}`),
  ...Object.keys(meetings).map(meeting => `folded: ${meeting}`),
];

export class Coverage {
  readonly counts = new Map<string, number>();

  count(what: string, times = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + times);
  }

  add(counts: Iterable<readonly [string, number]>): void {
    for (const [what, times] of counts) this.count(what, times);
  }

  get missing(): string[] {
    return needed.filter(what => !this.counts.has(what));
  }
}
