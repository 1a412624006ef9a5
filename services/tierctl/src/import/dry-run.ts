/** What an import would do, without doing it: the first events, all that is rejected, and the counts. */
import type { RejectedEvent } from '@tierflow/codec/rejected-event';
import { formatCanonical } from '@tierflow/config/canonical/format-canonical';
import type { Deployment } from '@tierflow/config/deployment';
import { formatDay } from '@tierflow/customer/epoch-day';
import { Tally } from '../tally.ts';
import type { EventInput } from './event-input.ts';

export interface DryRun {
  readonly file: string;
  readonly unit: EventInput['unit'];
  /** Lines or rows. */
  readonly read: number;
  readonly events: number;
  /** Canonical events by type. */
  readonly types: Readonly<Record<string, number>>;
  /** By reason. */
  readonly rejectedByReason: Readonly<Record<string, number>>;
  /** The first ones, in canonical form. */
  readonly first: readonly FirstEvent[];
  readonly rejected: readonly Omit<RejectedEvent, 'payload' | 'payloadTruncated' | 'key'>[];
}

export interface FirstEvent {
  readonly place: number;
  /** The business day on which it counts. */
  readonly day: string;
  readonly event: Readonly<Record<string, unknown>>;
}

type Genesis = Pick<Deployment, 'zone' | 'baseCurrency' | 'baseCurrencyDigits'>;

export async function dryRun(
  input: EventInput,
  { zone, baseCurrency, baseCurrencyDigits }: Genesis,
  firstMax: number,
): Promise<DryRun> {
  const types = new Tally();
  const reasons = new Tally();
  const first: FirstEvent[] = [];
  const rejected: DryRun['rejected'][number][] = [];
  let linesRead = 0;
  const context = { zone, baseCurrency, nowMs: Date.now(), bootstrap: false };
  for await (const piece of input.pieces(context)) {
    linesRead += piece.read;
    for (const { place, event } of piece.events) {
      const canonical = formatCanonical(event, baseCurrencyDigits) ?? {};
      types.add(String(canonical.type));
      if (first.length < firstMax) first.push({ place, day: formatDay(event.businessDay), event: canonical });
    }
    for (const { id, origin, reason, message, messageZh } of piece.rejected) {
      reasons.add(reason);
      rejected.push({ id, origin, reason, message, messageZh });
    }
  }
  return {
    file: input.name,
    unit: input.unit,
    read: linesRead,
    events: types.total,
    types: types.byReason(),
    rejectedByReason: reasons.byReason(),
    first,
    rejected,
  };
}
