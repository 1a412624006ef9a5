/** What the readers of a mapping see while they make one event. One object serves all events of a record. */
import { type Particulars, type Rejected, type RejectionReason, reject } from '../canonical/rejection.ts';
import type { SourceRecord } from './source.ts';

export interface Scope {
  readonly record: SourceRecord;
  /** Of the list that the mapping takes apart; the record's value where it takes none apart. */
  element: unknown;
  /** The event as far as it is made. The currency comes first, because amounts in minor units depend on it. */
  event: Record<string, unknown>;
  /** The first thing that is wrong counts. */
  rejected: Rejected<RejectionReason> | null;
}

/** Of a reader that cannot give a value: the caller asks for `rejected` before it uses what it got. */
export function refuse(scope: Scope, reason: RejectionReason, particulars: Particulars): undefined {
  scope.rejected ??= reject(reason, particulars);
  return undefined;
}
