/**
 * What is done for policies while no day is due: places in rank indexes, cuts from the population, roll-outs slice by
 * slice. Which step comes next follows from how the partitions stand (`nextWork`), so nothing is remembered here that a
 * successor would need: it looks at the cuts of the day once more, and at most publishes what has moved since.
 *
 * Redis may be away, a partition halted: then policies wait, and days go on.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { EpochDay, SliceSwept, ThresholdsCalibrated } from '@tierflow/customer/events';
import { calibrate } from '@tierflow/processor/conducting/calibrate';
import { nextWork, type Work } from '@tierflow/processor/conducting/next-work';
import { policyProgress } from '@tierflow/processor/conducting/policy-progress';
import { surveyPrograms } from '@tierflow/processor/conducting/shortfall';
import type { PartitionState } from '@tierflow/processor/partition-state';
import type { RankIndexes } from '@tierflow/processor/ports';
import { PartitionStates, type StatePorts } from './partition-states.ts';
import type { PolicyJournal } from './policy-journal.ts';
import { slicesPerSweep } from './sweep-size.ts';

/**
 * While a sweep is folded, the partition's events wait, and all partitions fold it at the same time, perhaps on the same
 * two cores. A customer that is taken back costs about a tenth of a millisecond, and its records as much again: with two
 * thousand of them an event waited for 1.8 s, with four hundred for a fraction of a second (`npm run rollout`).
 */
const customersPerSweepMax = 400;
/** After a look that found nothing to do, or failed: operators direct roll-outs a few times a month. */
const restMs = 250;
const failureRestMs = 1_000;

export interface PolicyWorkPorts extends StatePorts {
  countCustomers(partition: number): Promise<number>;
  readonly indexes: RankIndexes;
}

export type Look =
  | Proposal
  /** Partitions are still folding: look again soon. */
  | { readonly type: 'folding' }
  | { readonly type: 'rest' };

/** A record to be written, and for a sweep what it was derived from. */
export interface Proposal {
  readonly type: 'write';
  readonly record: SliceSwept | ThresholdsCalibrated;
  readonly derivedFrom: string | null;
}

const rest: Look = { type: 'rest' };
const folding: Look = { type: 'folding' };

export class PolicyWork {
  private readonly ports: PolicyWorkPorts;
  private readonly journal: PolicyJournal;
  private readonly states: PartitionStates;
  /** On which log day the cuts of a version were looked at last. */
  private readonly considered = new Map<number, EpochDay>();
  private looking: Promise<Look> | null = null;
  private restUntil = 0;
  /** There was nothing to do as the partitions stand. */
  private isDone = false;
  /** A day has begun since the look began. */
  private isOutdated = false;
  private last: Proposal | null = null;

  constructor(ports: PolicyWorkPorts, journal: PolicyJournal) {
    this.ports = ports;
    this.journal = journal;
    this.states = new PartitionStates(ports);
  }

  /** What was found before no longer counts. */
  dayOpened(): void {
    this.isOutdated = true;
    this.begin();
  }

  written(proposal: Proposal): void {
    this.last = proposal;
    this.journal.wrote(proposal.record);
    this.begin();
  }

  private begin(): void {
    this.states.written();
    this.isDone = false;
    this.restUntil = 0;
  }

  /** null: not found within the time; it is looked for on. Never fails. */
  async look(ms: number, signal: AbortSignal): Promise<Look | null> {
    if (this.looking === null) {
      if (performance.now() < this.restUntil) return rest;
      this.isOutdated = false;
      this.looking = this.find(signal);
    }
    const found = await within(ms, this.looking, signal);
    if (found !== null) this.looking = null;
    return found !== null && this.isOutdated ? folding : found;
  }

  private async find(signal: AbortSignal): Promise<Look> {
    try {
      const found = await this.states.read();
      if (signal.aborted) return rest;
      if (found.type === 'behind') {
        this.journal.behind(found.partitions);
        return folding;
      }
      this.journal.caughtUp(policyProgress(found.states));
      const look = this.isDone && !found.isNew ? rest : await this.derive(found.states);
      this.isDone = look.type === 'rest';
      if (this.isDone) this.restUntil = performance.now() + restMs;
      return look;
    } catch (error) {
      if (!signal.aborted) this.journal.failed(error, this.ports.partitions);
      this.restUntil = performance.now() + failureRestMs;
      return rest;
    }
  }

  private async derive(states: readonly PartitionState[]): Promise<Look> {
    const slices = slicesPerSweep(states[0]!.slices.length, await this.customersMost(), customersPerSweepMax);
    this.checkCalibration(states);
    for (;;) {
      const work = nextWork(states, this.considered, slices);
      if (work.type !== 'calibrate') return this.sweepOrRest(work, states);
      const record = await this.calibrate(states[0]!, work.version);
      // The new day may have come to some partitions already: what was counted is of neither day.
      if (this.isOutdated) return folding;
      this.considered.set(work.version, states[0]!.logDay);
      if (record !== null) return { type: 'write', record, derivedFrom: null };
    }
  }

  private async customersMost(): Promise<number> {
    const { partitions } = this.ports;
    const counts = Array.from({ length: partitions }, (_, partition) => this.ports.countCustomers(partition));
    return Math.max(...(await Promise.all(counts)));
  }

  private sweepOrRest(work: Exclude<Work, { type: 'calibrate' }>, states: readonly PartitionState[]): Look {
    this.journal.goesOn(work.type === 'sweep' ? work.purpose : null, states);
    if (work.type === 'none') return rest;
    // A sweep that has changed nothing was not accepted. Writing it for ever would fill the log.
    const standing = states.map(({ slices, rankingGeneration }) => [slices, rankingGeneration]);
    const derivedFrom = JSON.stringify([work.record, standing]);
    if (derivedFrom !== this.last?.derivedFrom) return { type: 'write', record: work.record, derivedFrom };
    this.journal.notAccepted(work.record);
    return rest;
  }

  private async calibrate(state: PartitionState, version: number): Promise<ThresholdsCalibrated | null> {
    const end = this.journal.calibrating();
    const policy = state.policyUnder(version)!;
    const historyDays = state.logDay - state.firstDay + 1;
    const former = state.latestCalibration(version);
    this.journal.surveyed(policy, await surveyPrograms(this.ports.indexes, policy, historyDays));
    const record = await calibrate(this.ports.indexes, policy, { day: state.logDay, historyDays, former });
    const seconds = end();
    if (record !== null) this.journal.calibrated(record, seconds);
    return record;
  }

  /** Cuts that do not fit are refused by the fold, and not tried again before the next day. */
  private checkCalibration([state]: readonly PartitionState[]): void {
    const record = this.last?.record;
    if (record?.type !== 'ThresholdsCalibrated') return;
    const latest = state!.latestCalibration(record.policyVersion)?.calibration ?? 0;
    if (latest < record.calibration) this.journal.notAccepted(record);
  }
}

/** null: not within the time, or aborted before. */
async function within<T>(ms: number, result: Promise<T>, signal: AbortSignal): Promise<T | null> {
  const over = new AbortController();
  const timeout = delay(ms, null, { signal: AbortSignal.any([signal, over.signal]) }).catch(() => null);
  try {
    return await Promise.race([result, timeout]);
  } finally {
    over.abort();
  }
}
