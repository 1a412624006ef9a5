/**
 * What is done for policies while no day is due: places in rank indexes, cuts from the population, roll-outs slice by
 * slice. Which step comes next follows from how the partitions stand (`nextWork`), so nothing is remembered here that a
 * successor would need: it looks at the cuts of the day once more, and at most publishes what has moved since.
 *
 * Redis may be away, a partition halted: then policies wait, and days go on.
 */
import type { Control, EpochDay, ThresholdsCalibrated } from '@tierflow/customer/events';
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
 * While a sweep is folded, the partition's events wait. Two thousand customers are evaluated, encoded and committed in a
 * fraction of a second on any machine, so that no event waits for a whole one.
 */
const customersPerSweepMax = 2_000;
/** After a look that found nothing to do, or failed: operators direct roll-outs a few times a month. */
const restMs = 250;
const failureRestMs = 1_000;

export interface PolicyWorkPorts extends StatePorts {
  countCustomers(partition: number): Promise<number>;
  readonly indexes: RankIndexes;
}

export type Look =
  | { readonly type: 'write'; readonly record: Control }
  /** Partitions are still folding: look again soon. */
  | { readonly type: 'folding' }
  | { readonly type: 'rest' };

const rest: Look = { type: 'rest' };

export class PolicyWork {
  private readonly ports: PolicyWorkPorts;
  private readonly journal: PolicyJournal;
  private readonly states: PartitionStates;
  /** On which log day the cuts of a version were looked at last. */
  private readonly considered = new Map<number, EpochDay>();
  private looking: Promise<Look> | null = null;
  private restUntil = 0;
  private writes = 0;
  /** The last sweep together with what it was derived from. */
  private sweptAt: string | null = null;
  private published: ThresholdsCalibrated | null = null;

  constructor(ports: PolicyWorkPorts, journal: PolicyJournal) {
    this.ports = ports;
    this.journal = journal;
    this.states = new PartitionStates(ports);
  }

  /** Something was written, here or for a day: what was found before no longer counts. */
  written(): void {
    this.writes++;
    this.states.written();
    this.restUntil = 0;
  }

  /** One look at a time: whoever asks again while it goes on waits for the same. Never fails. */
  look(): Promise<Look> {
    if (performance.now() < this.restUntil) return Promise.resolve(rest);
    this.looking ??= this.find().finally(() => {
      this.looking = null;
    });
    return this.looking;
  }

  private async find(): Promise<Look> {
    const { writes } = this;
    try {
      const found = await this.states.read();
      if (found.type === 'behind') {
        this.journal.behind(found.partitions);
        return { type: 'folding' };
      }
      this.journal.caughtUp(policyProgress(found.states));
      const look = await this.derive(found.states);
      // A day has begun meanwhile, and with it the cuts may be others.
      if (writes !== this.writes) return { type: 'folding' };
      if (look.type === 'rest') this.restUntil = performance.now() + restMs;
      return look;
    } catch (error) {
      this.journal.failed(error, this.ports.partitions);
      this.restUntil = performance.now() + failureRestMs;
      return rest;
    }
  }

  private async derive(states: readonly PartitionState[]): Promise<Look> {
    const slices = slicesPerSweep(states[0]!.slices.length, await this.customersMost(), customersPerSweepMax);
    this.checkPublished(states);
    for (;;) {
      const work = nextWork(states, this.considered, slices);
      if (work.type !== 'calibrate') return this.sweepOrRest(work, states);
      const record = await this.calibrate(states[0]!, work.version);
      this.considered.set(work.version, states[0]!.logDay);
      if (record === null) continue;
      this.published = record;
      return { type: 'write', record };
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
    const derivedFrom = states.map(({ slices, rankingGeneration }) => [slices, rankingGeneration]);
    const sweptAt = JSON.stringify([work.record, derivedFrom]);
    if (sweptAt === this.sweptAt) {
      this.journal.notAccepted(work.record);
      return rest;
    }
    this.sweptAt = sweptAt;
    return { type: 'write', record: work.record };
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
  private checkPublished([state]: readonly PartitionState[]): void {
    const { published } = this;
    if (published === null) return;
    this.published = null;
    const latest = state!.latestCalibration(published.policyVersion)?.calibration ?? 0;
    if (latest < published.calibration) this.journal.notAccepted(published);
  }
}
