/**
 * Canonical events as the log that `import --mode history` would write: genesis and policy, then day by day a tick, a
 * sweep, what a conductor does then, and the day's facts; in one partition. Offsets count up, and a record's time is that
 * of its event, or the midnight of its day, so that the same file always gives the same changes.
 */

import { noDay } from '@tierflow/customer/customer';
import type {
  Control,
  CustomerEvent,
  EpochDay,
  LogOpened,
  LogRecord,
  PolicyPublished,
} from '@tierflow/customer/events';
import { dayOpening, logOpening } from '@tierflow/processor/day-opening';
import { type DayBuckets, daysToOpen } from '../business-days.ts';
import { type BacktestLog, type Conduct, conductNothing, type LogPiece } from './backtest-log.ts';

const dayMs = 86_400_000;

/** `asOf` ends the log on that day, even if its last facts are older; null: on the day of the last facts. */
export function historicalLog(
  genesis: LogOpened,
  policy: PolicyPublished,
  buckets: DayBuckets<CustomerEvent>,
  asOf: EpochDay | null,
): BacktestLog {
  return { genesis, pieces: (conduct = conductNothing) => pieces(genesis, policy, buckets, asOf, conduct) };
}

async function* pieces(
  genesis: LogOpened,
  policy: PolicyPublished,
  buckets: DayBuckets<CustomerEvent>,
  asOf: EpochDay | null,
  conduct: Conduct,
): AsyncGenerator<LogPiece> {
  let offset = 0;
  const control = (event: Control, day: EpochDay): LogRecord => ({
    offset: offset++,
    timestamp: Math.max(0, day * dayMs),
    key: null,
    event,
  });
  const fact = (event: CustomerEvent): LogRecord => ({
    offset: offset++,
    timestamp: event.occurredAt,
    key: event.customerId,
    event,
  });
  async function* opened(day: EpochDay): AsyncGenerator<LogPiece> {
    yield { partition: 0, records: dayOpening(day, genesis.slices).map(event => control(event, day)) };
    for (let event = await conduct(); event !== null; event = await conduct()) {
      yield { partition: 0, records: [control(event, day)] };
    }
  }

  yield { partition: 0, records: logOpening(genesis, policy).map(event => control(event, 0)) };
  let logDay: EpochDay = noDay;
  for (const { day, items } of buckets.inOrder()) {
    if (asOf !== null && day > asOf) break;
    for (const begun of daysToOpen(logDay, day)) yield* opened(begun);
    yield { partition: 0, records: items.map(fact) };
    logDay = day;
  }
  if (asOf !== null && asOf > logDay) yield* opened(asOf);
}
