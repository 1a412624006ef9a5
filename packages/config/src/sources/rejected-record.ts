/** Why a record of a source, or a part of it, gives no event. */
import type { RejectionReason } from '../canonical/rejection.ts';

export type SourceRejection = RejectionReason;

export interface RejectedRecord {
  readonly ok: false;
  readonly reason: SourceRejection;
  /** Where in the record: `basket.total`, `lines[2].price`, `$key`. null: the record as a whole, or a constant. */
  readonly field: string | null;
  /** 0, 1, …: which part, where a mapping takes a record apart. null: the record as a whole. */
  readonly part: number | null;
  /** Names field, value and remedy, and the line of the sources file that asks for it. */
  readonly message: { readonly en: string; readonly zh: string };
}
