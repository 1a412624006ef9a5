/**
 * Lets days pass: one conductor is active and opens each business day in every partition, the others stand by.
 *
 * The seat of the active one is the single partition of a topic, given away by a consumer group. That only spares work;
 * what keeps two from writing is the transactional id. Opening the writer fences the predecessor and settles what it
 * left open, and only after that the log's day is read. So a conductor that was frozen and wakes up finds its
 * transaction refused, and its successor has seen everything that it had written.
 *
 * No day is ever unfinished. It is one transaction: its tick and all its sweeps are in every partition or in none. How
 * far the days have come is read from the log itself, so there is no note of progress that a crash could leave wrong.
 *
 * While no day is due, policies are rolled out and calibrated; see policy-work.ts. Each step is one record, so that a day
 * that begins meanwhile waits for none.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { noDay } from '@tierflow/customer/customer';
import { formatDay } from '@tierflow/customer/epoch-day';
import type { Control, EpochDay } from '@tierflow/customer/events';
import type { KafkaConnection } from '@tierflow/kafka/connection';
import { Membership, type MembershipOptions } from '@tierflow/kafka/membership';
import { dayOpening } from '@tierflow/processor/day-opening';
import { Fenced } from '@tierflow/processor/errors';
import type { ConductorMetrics } from '@tierflow/telemetry/conductor-metrics';
import type { Logger } from '@tierflow/telemetry/log';
import type { Readiness } from '@tierflow/telemetry/telemetry-server';
import type { Clock } from './clock.ts';
import { describeStep, nextStep, type Step } from './next-step.ts';
import { PolicyJournal } from './policy-journal.ts';
import { PolicyWork, type PolicyWorkPorts } from './policy-work.ts';
import type { SweepSize } from './sweep-size.ts';

export interface ControlRecords {
  /** In all partitions or in none. After an error it is of no more use. */
  write(records: readonly Control[]): Promise<void>;
  close(): Promise<void>;
}

export interface ConductorPorts {
  /** Fences whoever wrote control records before. */
  openWriter(signal: AbortSignal): Promise<ControlRecords>;
  readLogDay(): Promise<EpochDay>;
  readonly clock: Clock;
  readonly sweepSize: SweepSize;
  readonly policies: PolicyWorkPorts;
  readonly metrics: ConductorMetrics;
  readonly logger: Logger;
}

export interface ConductorSettings {
  readonly slices: number;
  readonly catchUpDaysMax: number;
}

const backoffMinMs = 100;
const backoffMaxMs = 5000;
const stopWaitMs = 5000;
const standstillPollMs = 1000;
/** A sweep is folded within milliseconds, and a roll-out has one for each slice. */
const foldPollMs = 20;

/** One stay in the seat. */
interface Term {
  readonly leaving: AbortController;
  readonly ended: Promise<void>;
}

export class Conductor {
  private readonly ports: ConductorPorts;
  private readonly settings: ConductorSettings;
  private readonly membership: Membership;
  private readonly journal: PolicyJournal;
  private term: Term | null = null;
  /** Two terms of one process must not fence each other. */
  private lastEnded: Promise<void> = Promise.resolve();
  private state: Readiness = { ready: false, detail: 'joining the group' };

  constructor(
    connection: KafkaConnection,
    membership: Omit<MembershipOptions, 'onAssigned' | 'onLost'>,
    ports: ConductorPorts,
    settings: ConductorSettings,
  ) {
    this.ports = ports;
    this.settings = settings;
    this.journal = new PolicyJournal(ports.logger, ports.metrics);
    this.membership = new Membership(connection, {
      ...membership,
      onAssigned: partitions => (partitions.length > 0 ? this.takeSeat() : this.leaveSeat(standingBy)),
      onLost: () => this.leaveSeat({ ready: false, detail: 'joining the group' }),
    });
  }

  start(): void {
    this.membership.start();
  }

  readiness(): Readiness {
    const policies = this.term === null ? null : this.journal.detail();
    if (policies === null) return this.state;
    return { ...this.state, detail: `${this.state.detail}; ${policies}` };
  }

  /** A transaction under way is finished; the seat is free at once for the next. */
  async stop(): Promise<void> {
    this.leaveSeat({ ready: false, detail: 'stopping' });
    // A broker that is away may not answer for long; what it still holds open, the next writer's fence settles.
    await Promise.race([this.lastEnded, delay(stopWaitMs)]);
    await this.membership.stop();
  }

  private takeSeat(): void {
    if (this.term !== null) return;
    const leaving = new AbortController();
    const ended = this.lastEnded.then(() => this.serve(leaving.signal));
    this.term = { leaving, ended };
    this.lastEnded = ended;
  }

  private leaveSeat(state: Readiness): void {
    this.term?.leaving.abort();
    this.term = null;
    this.state = state;
    this.ports.metrics.active.set(0);
    this.ports.metrics.forgetDays();
    this.ports.metrics.forgetPolicies();
  }

  /** Until the seat is lost. Any error costs the writer, whose transaction may be open, but not the seat. */
  private async serve(signal: AbortSignal): Promise<void> {
    const { logger } = this.ports;
    for (let backoffMs = backoffMinMs; !signal.aborted; backoffMs = Math.min(backoffMs * 2, backoffMaxMs)) {
      try {
        await this.conduct(signal, () => {
          backoffMs = backoffMinMs;
        });
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof Fenced) {
          logger.warn({ err: error }, 'another conductor or tierctl writes control records: joining anew');
          this.membership.rejoin();
          return;
        }
        this.state = { ready: false, detail: `active, but failing: ${error instanceof Error ? error.message : error}` };
        logger.error({ err: error, backoffMs }, 'conducting failed: trying again with a new writer');
        await pause(backoffMs, signal);
      }
    }
  }

  private async conduct(signal: AbortSignal, onProgress: () => void): Promise<void> {
    const { clock, logger, metrics } = this.ports;
    this.state = { ready: false, detail: 'active, taking over' };
    metrics.active.set(1);
    // 1. From here on nobody else adds a day.
    const writer = await this.ports.openWriter(signal);
    try {
      // 2. So this is how far the days have come.
      let logDay = await this.ports.readLogDay();
      logger.info({ logDay: logDay === noDay ? null : formatDay(logDay) }, 'active');
      // 3. Every missing day, in order; then the clock is watched, and policies are worked on.
      const policies = new PolicyWork(this.ports.policies, this.journal);
      let last: Step | null = null;
      while (!signal.aborted) {
        const step = nextStep(logDay, await clock.today(), this.settings.catchUpDaysMax);
        if (signal.aborted) return;
        this.show(step, last, logDay);
        last = step;
        if (step.type === 'open') {
          await this.openDay(writer, step.day);
          policies.dayOpened();
          logDay = step.day;
        } else if (step.type === 'tooFarBehind') {
          // Somebody may bring the log forward meanwhile, such as an import of those days.
          await this.workOnPolicies(writer, policies, standstillPollMs, signal);
          logDay = await this.ports.readLogDay();
        } else {
          await this.workOnPolicies(writer, policies, clock.pollIntervalMs, signal);
        }
        onProgress();
      }
    } finally {
      await writer.close();
    }
  }

  private async openDay(writer: ControlRecords, day: EpochDay): Promise<void> {
    const { metrics, logger, sweepSize } = this.ports;
    const { slices } = this.settings;
    const records = dayOpening(day, slices, await sweepSize(day));
    const end = metrics.transactionSeconds.startTimer();
    await writer.write(records);
    const seconds = end();
    metrics.ticks.inc();
    metrics.sweeps.inc({ purpose: 'day' }, records.length - 1);
    logger.info({ day: formatDay(day), sweeps: records.length - 1, seconds }, 'day opened');
  }

  /**
   * One step, or none within the time. What takes long, such as counting a whole population, goes on while the clock is
   * looked at again.
   */
  private async workOnPolicies(
    writer: ControlRecords,
    policies: PolicyWork,
    clockPollMs: number,
    signal: AbortSignal,
  ): Promise<void> {
    const found = await policies.look(clockPollMs, signal);
    if (found === null || signal.aborted) return;
    if (found.type === 'write') {
      await writer.write([found.record]);
      policies.written(found);
    } else {
      await pause(found.type === 'folding' ? Math.min(foldPollMs, clockPollMs) : clockPollMs, signal);
    }
  }

  /** What an operator sees. Standing still is said once, not at every look at the clock. */
  private show(step: Step, last: Step | null, logDay: EpochDay): void {
    const { logger, metrics } = this.ports;
    const detail = describeStep(step);
    metrics.setDays(logDay === noDay ? null : logDay, 'daysBehind' in step ? step.daysBehind : 0);
    this.state = { ready: step.type !== 'open' && step.type !== 'tooFarBehind', detail: `active: ${detail}` };
    if (last !== null && describeStep(last) === detail) return;
    if (step.type === 'tooFarBehind') logger.error(step, detail);
    if (step.type === 'clockBehind' || step.type === 'noClock') logger.warn(step, detail);
  }
}

const standingBy: Readiness = { ready: true, detail: 'standing by: another conductor is active' };

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => {});
}
