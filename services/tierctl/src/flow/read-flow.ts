/** Who moved between the tiers in a period, read from the closings and counters of all partitions. */
import { noDay } from '@tierflow/customer/customer';
import { formatDay } from '@tierflow/customer/epoch-day';
import type { EpochDay, LogOpened } from '@tierflow/customer/events';
import type { PartitionState } from '@tierflow/processor/partition-state';
import { CommandFailure } from '../command-failure.ts';
import type { Connections } from '../connections.ts';
import { parseState, readSnapshots } from '../policies/folded-states.ts';
import { totalsAt } from './closings.ts';
import { flowBetween, type ProgramFlow } from './flow-between.ts';
import { addTotals } from './flow-totals.ts';
import { TierOrder } from './tier-order.ts';

export interface Period {
  /** null: 30 days, or the whole history where it is shorter. */
  readonly fromDay: EpochDay | null;
  /** null: the log's present day. */
  readonly toDay: EpochDay | null;
}

export interface DayFlow {
  readonly day: EpochDay;
  readonly programs: readonly ProgramFlow[];
}

export interface Flow {
  readonly fromDay: EpochDay;
  readonly toDay: EpochDay;
  /** The first day of the log. */
  readonly firstDay: EpochDay;
  /** The last day is not over: what it holds so far. */
  readonly isOpen: boolean;
  readonly programs: readonly ProgramFlow[];
  /** null: not asked for. */
  readonly days: readonly DayFlow[] | null;
  readonly order: TierOrder;
}

const defaultDays = 30;

export async function readFlow(
  connections: Connections,
  { partitions }: LogOpened,
  period: Period,
  daily: boolean,
): Promise<Flow> {
  const snapshots = await readSnapshots(connections, partitions);
  const states = snapshots.map(parseState);
  const logDay = Math.min(...states.map(state => state.logDay));
  if (logDay === noDay) {
    throw new CommandFailure('the log has no business day yet', 'start a conductor, or import a history');
  }
  const { firstDay } = states[0]!;
  const toDay = period.toDay ?? logDay;
  const fromDay = period.fromDay ?? Math.max(firstDay, toDay - defaultDays + 1);
  checkPeriod(fromDay, toDay, logDay);

  const reader = await connections.states();
  const ends = daily ? Array.from({ length: toDay - fromDay + 2 }, (_, i) => fromDay - 1 + i) : [fromDay - 1, toDay];
  const byPartition = await Promise.all(
    states.map((state, partition) =>
      totalsAt(ends, { ...dayRange(state), counters: snapshots[partition]!.counters }, days =>
        reader.readClosings(partition, days),
      ),
    ),
  );
  const totals = ends.map((_, i) => addTotals(byPartition.map(each => each[i]!)));
  const order = orderOf(states);
  const days = ends.slice(1).map((day, i) => ({ day, programs: flowBetween(totals[i]!, totals[i + 1]!, order) }));
  return {
    ...{ fromDay, toDay, firstDay, order },
    isOpen: toDay === logDay,
    programs: flowBetween(totals[0]!, totals.at(-1)!, order),
    days: daily ? days : null,
  };
}

function dayRange({ firstDay, logDay }: PartitionState) {
  return { firstDay, logDay };
}

function checkPeriod(fromDay: EpochDay, toDay: EpochDay, logDay: EpochDay): void {
  if (toDay > logDay) {
    throw new CommandFailure(
      `--to ${formatDay(toDay)} is after ${formatDay(logDay)}, the present day of the log`,
      'name an earlier day, or leave --to out',
      2,
    );
  }
  if (fromDay > toDay) {
    throw new CommandFailure(
      `the period from ${formatDay(fromDay)} to ${formatDay(toDay)} has no day`,
      'name a --from that is not after --to',
      2,
    );
  }
}

/** What most slices follow comes first, then the other versions, the latest first. */
function orderOf(states: readonly PartitionState[]): TierOrder {
  const state = states[0]!;
  const followed = states.flatMap(({ slices }) => slices.map(({ version }) => version));
  const following = (version: number) => followed.filter(each => each === version).length;
  const versions = state.versions().map(({ version }) => version);
  versions.sort((a, b) => following(b) - following(a) || b - a);
  return new TierOrder(versions.map(version => state.policyUnder(version)!));
}
