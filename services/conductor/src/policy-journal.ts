/** What an operator hears of the work on policies: each step once, what keeps it waiting, and how far it has come. */
import { formatDay } from '@tierflow/customer/epoch-day';
import type { Control, SliceSwept, ThresholdsCalibrated } from '@tierflow/customer/events';
import type { Policy } from '@tierflow/customer/policy';
import type { Conducted, SweepPurpose } from '@tierflow/processor/conducting/next-work';
import type { PolicyProgress } from '@tierflow/processor/conducting/policy-progress';
import type { Shortfall, SurveyedProgram } from '@tierflow/processor/conducting/shortfall';
import type { ConductorMetrics } from '@tierflow/telemetry/conductor-metrics';
import type { Logger } from '@tierflow/telemetry/log';
import type { PartitionBehind } from './partition-states.ts';

/** Partitions are behind for a moment after every record; what lasts longer is somebody's business. */
const behindWarningMs = 10_000;

export class PolicyJournal {
  private readonly logger: Logger;
  private readonly metrics: ConductorMetrics;
  private progress: readonly PolicyProgress[] = [];
  private behindSince: number | null = null;
  private isBehindTold = false;
  /** What policies wait for; null: nothing. */
  private trouble: string | null = null;
  /** The last record that changed nothing; null: the last one did. */
  private refused: string | null = null;
  private purpose: SweepPurpose | null = null;
  /** By version: which programs keep their written cuts, and why. */
  private readonly shortfalls = new Map<number, string>();

  constructor(logger: Logger, metrics: ConductorMetrics) {
    this.logger = logger;
    this.metrics = metrics;
  }

  /** For the readiness page; null: there is nothing to say. */
  detail(): string | null {
    const waitsFor = this.trouble ?? this.refused;
    if (waitsFor !== null) return `policies wait: ${waitsFor}`;
    const underWay = this.progress.find(({ wanted, following }) => wanted > following);
    if (underWay === undefined) return null;
    const { policy, version, following, wanted } = underWay;
    return `${policy} version ${version} is followed by ${following} of ${wanted} slices`;
  }

  behind(partitions: readonly PartitionBehind[]): void {
    this.metrics.setPartitionsBehind(partitions.length);
    this.behindSince ??= performance.now();
    if (performance.now() - this.behindSince < behindWarningMs) return;
    const standing = partitions.map(
      ({ partition, cursor, end }) => `partition ${partition} at ${cursor ?? 0} of ${end}`,
    );
    this.trouble = `not folded yet: ${standing.join(', ')}; \`tierctl halted\` tells why`;
    if (this.isBehindTold) return;
    this.isBehindTold = true;
    this.logger.warn({ partitions }, 'policies wait for partitions that do not fold: `tierctl halted` tells why');
  }

  caughtUp(progress: readonly PolicyProgress[]): void {
    if (this.trouble !== null) this.logger.info({}, 'policies go on');
    this.trouble = null;
    this.behindSince = null;
    this.isBehindTold = false;
    this.progress = progress;
    this.metrics.setPartitionsBehind(0);
    this.metrics.setPolicies(progress);
  }

  failed(error: unknown, partitions: number): void {
    const trouble = error instanceof Error ? error.message : String(error);
    this.metrics.setPartitionsBehind(partitions);
    if (this.trouble !== trouble) this.logger.warn({ err: error }, 'policies wait: the partitions cannot be looked at');
    this.trouble = trouble;
  }

  /** The next sweep is for this purpose, or there is none: what has come to its end is told. */
  goesOn(purpose: SweepPurpose | null, [state]: readonly Conducted[]): void {
    const ended = this.purpose;
    this.purpose = purpose;
    if (ended === purpose) return;
    if (ended === 'ranks') this.logger.info({}, 'everybody has a place in the rank indexes');
    if (ended === 'cuts') this.logger.info({}, 'everybody is judged by the latest cuts');
    if (ended !== 'rollout') return;
    const { action, rolloutSeq, policyId, policyVersion, slices } = state!.rollout!;
    this.logger.info(
      { action, rolloutSeq, policy: policyId, version: policyVersion, slices, of: state!.slices.length },
      'every slice that the roll-out is directed to follows',
    );
  }

  wrote(record: Control): void {
    this.refused = null;
    if (record.type !== 'SliceSwept' || this.purpose === null) return;
    this.metrics.sweeps.inc({ purpose: this.purpose });
    const { fromSlice, toSlice, policyId: policy, policyVersion: version, calibration } = record;
    this.logger.debug({ purpose: this.purpose, fromSlice, toSlice, policy, version, calibration }, 'slices swept');
  }

  calibrating(): () => number {
    return this.metrics.calibrationSeconds.startTimer();
  }

  /** Said when it changes: it may be so for half a year. */
  surveyed({ policyId: policy, version }: Policy, surveyed: readonly SurveyedProgram[]): void {
    const short = surveyed.filter(({ shortfall }) => shortfall !== null);
    const told = short.map(({ program, shortfall }) => `${program} ${shortfall!.kind}`).join(', ');
    if ((this.shortfalls.get(version) ?? '') === told) return;
    this.shortfalls.set(version, told);
    for (const { program, shortfall } of short) {
      this.logger.info({ policy, version, program, ...shortfall }, describeShortfall(shortfall!));
    }
  }

  calibrated(
    { policyId: policy, policyVersion: version, calibration, day, programs }: ThresholdsCalibrated,
    seconds: number,
  ): void {
    this.metrics.calibrations.inc();
    const cuts = programs.map(({ program, size, axes }) => ({
      program,
      size,
      cuts: Object.fromEntries(axes.map(axis => [axis.axis, axis.cuts])),
    }));
    this.logger.info(
      { policy, version, calibration, day: formatDay(day), programs: cuts, seconds },
      'calibrated: the cuts have moved, or programs come or go whose cuts are taken from the population',
    );
  }

  /** The fold refuses a record that it cannot carry out, the same in every partition. */
  notAccepted(record: SliceSwept | ThresholdsCalibrated): void {
    const refused = `a ${record.type} record of version ${record.policyVersion} was not accepted; \`tierctl rejects\` tells why`;
    if (this.refused !== refused) this.logger.error({ record }, refused);
    this.refused = refused;
  }
}

function describeShortfall(shortfall: Shortfall): string {
  switch (shortfall.kind) {
    case 'customers':
      return 'too few customers are ranked: the written cuts hold';
    case 'days':
      return 'the log is too young: the written cuts hold';
  }
}
