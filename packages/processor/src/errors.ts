/** Operational failures at the ports. What the caller must do is the class; why is the code. */

/**
 * `storeFull`: the store took nothing, for want of memory. `held`: a backup or a restore has the partition for a while.
 * Both pass, and nothing is wrong with the partition meanwhile.
 */
export type FailureCode =
  | 'connection'
  | 'timeout'
  | 'broker'
  | 'store'
  | 'storeFull'
  | 'held'
  | 'registry'
  | 'protocol';

/** Outcome unknown or a fault that may pass: discard the producer and the cache, and take the partition over again. */
export class PortFailure extends Error {
  override readonly name = 'PortFailure';
  readonly code: FailureCode;
  readonly domain = 'external';
  readonly retry = 'backoff';

  constructor(code: FailureCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** Somebody else owns the partition. Not a failure: drop it and wait for a new assignment. */
export class Fenced extends Error {
  override readonly name = 'Fenced';
  readonly code = 'fenced';
  readonly domain = 'internal';
  readonly retry = 'never';
}

/** The stored cursor is not the expected one: the store was rolled back or another commit went in. Take over again. */
export class CursorMoved extends Error {
  override readonly name = 'CursorMoved';
  readonly code = 'cursorMoved';
  readonly domain = 'external';
  readonly retry = 'backoff';
}

/** The stored state is gone, wholly or in part. Take over again: it is folded anew from the log. */
export class StateLost extends Error {
  override readonly name = 'StateLost';
  readonly code = 'stateLost';
  readonly domain = 'external';
  readonly retry = 'backoff';
}

export type HaltReason =
  | 'genesisMissing'
  | 'genesisDiffers'
  | 'outputEmptied'
  | 'outputRegressed'
  | 'cursorBeyondLog'
  | 'logTruncated'
  | 'unknownStateFormat'
  | 'unknownFoldVersion';

/** Where an operator reads on. */
export function runbookPageOf(reason: HaltReason): string {
  return `deploy/runbook/halted.md#${reason.toLowerCase()}`;
}

/** A guard stopped the partition. An operator must act; other partitions go on. */
export class Halted extends Error {
  override readonly name = 'Halted';
  readonly code: HaltReason;
  readonly domain = 'external';
  readonly retry = 'never';
  readonly remedy: string;

  constructor(code: HaltReason, message: string, remedy: string) {
    super(message);
    this.code = code;
    this.remedy = remedy;
  }
}
