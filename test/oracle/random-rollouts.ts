/**
 * Random directives, calibrations and sweeps. A step says what is wanted of the partition as it is then; most of what comes
 * of it can be carried out, and some of it cannot.
 */
import { compilePolicy } from '@tierflow/customer/compile-policy';
import type {
  Control,
  RolloutDirected,
  RolloutMode,
  SliceSwept,
  ThresholdsCalibrated,
} from '@tierflow/customer/events';
import type { PolicyDocument } from '@tierflow/customer/policy-document';
import { topShares } from '@tierflow/customer/population/top-shares';
import fc from 'fast-check';
import { axesOf } from './naive-calibration.ts';
import type { NaiveControl } from './naive-control.ts';
import { thresholdsOf } from './random-measures.ts';

export type RolloutStep =
  | {
      step: 'direct';
      action: 'activate' | 'more' | 'rollback' | 'seal';
      version: number;
      mode: RolloutMode;
      slices: number;
      keepUntilIn: number | null;
      fault: 'none' | 'seq' | 'version' | 'slices' | 'fromVersion';
    }
  /** Some of the slices are swept as the directive says. */
  | { step: 'carryOut'; fromSlice: number; toSlice: number; isCalibrated: boolean }
  | {
      step: 'calibrate';
      version: number;
      /** By it the cuts are chosen. */
      pick: number;
      fault: 'none' | 'number' | 'program' | 'count' | 'cut';
    }
  /** Some of the slices are swept with the latest cuts of what they follow. */
  | { step: 'recut'; fromSlice: number; toSlice: number }
  | { step: 'sweepIndex'; fromSlice: number; toSlice: number };

export const sliceCount = 4;
export const versions = 3;

const someSlices = fc
  .tuple(fc.nat(sliceCount - 1), fc.nat(sliceCount - 1))
  .map(([a, b]) => ({ fromSlice: Math.min(a, b), toSlice: Math.max(a, b) }));
const allSlices = { fromSlice: 0, toSlice: sliceCount - 1 };
const range = fc.oneof({ weight: 2, arbitrary: fc.constant(allSlices) }, { weight: 3, arbitrary: someSlices });
const version = fc.constantFrom(1, 2, 2, 3, 3);
const mode = fc.constantFrom<RolloutMode>('immediate', 'immediate', 'grandfather', 'grandfather', 'lazy');

type Direct = Extract<RolloutStep, { step: 'direct' }>;
type Calibrate = Extract<RolloutStep, { step: 'calibrate' }>;

const direct: fc.Arbitrary<Direct> = fc.record({
  step: fc.constant('direct'),
  action: fc.constantFrom<Direct['action']>('activate', 'activate', 'activate', 'more', 'rollback', 'rollback', 'seal'),
  version,
  mode,
  slices: fc.constantFrom(1, 2, 3, 4, 4, 4),
  keepUntilIn: fc.option(fc.integer({ min: -1, max: 40 }), { freq: 4, nil: null }),
  fault: fc.oneof(
    { weight: 12, arbitrary: fc.constant<Direct['fault']>('none') },
    { weight: 1, arbitrary: fc.constantFrom<Direct['fault']>('seq', 'version', 'slices', 'fromVersion') },
  ),
});
const carryOut: fc.Arbitrary<RolloutStep> = fc
  .tuple(range, fc.boolean())
  .map(([slices, isCalibrated]) => ({ step: 'carryOut', ...slices, isCalibrated }));
const calibrate: fc.Arbitrary<Calibrate> = fc.record({
  step: fc.constant('calibrate'),
  version,
  pick: fc.nat(1000),
  fault: fc.oneof(
    { weight: 8, arbitrary: fc.constant<Calibrate['fault']>('none') },
    { weight: 1, arbitrary: fc.constantFrom<Calibrate['fault']>('number', 'program', 'count', 'cut') },
  ),
});
const recut: fc.Arbitrary<RolloutStep> = range.map(slices => ({ step: 'recut', ...slices }));
const sweepIndex: fc.Arbitrary<RolloutStep> = range.map(slices => ({ step: 'sweepIndex', ...slices }));

export const rolloutStep: fc.Arbitrary<RolloutStep> = fc.oneof(
  { weight: 4, arbitrary: direct },
  { weight: 5, arbitrary: carryOut },
  { weight: 2, arbitrary: calibrate },
  { weight: 2, arbitrary: recut },
  { weight: 1, arbitrary: sweepIndex },
);

export function rolloutEvents(
  step: RolloutStep,
  control: NaiveControl,
  policies: readonly PolicyDocument[],
  id: string,
): Control[] {
  switch (step.step) {
    case 'direct':
      return [directed(step, control, id)];
    case 'carryOut': {
      const directive = control.rollout?.directive;
      if (directive === undefined) return [];
      const { rolloutSeq, policyVersion } = directive;
      const toSlice = Math.min(step.toSlice, directive.slices - 1);
      if (step.fromSlice > toSlice) return [];
      const { calibration } = control.latest(policyVersion);
      return [
        swept('all', step.fromSlice, toSlice, {
          rolloutSeq,
          policyVersion,
          calibration: step.isCalibrated && calibration > 0 ? calibration : null,
        }),
      ];
    }
    case 'calibrate': {
      const document = policies[step.version - 1];
      return document === undefined ? [] : [calibrated(step, control, document)];
    }
    case 'recut':
      // A sweep is about one policy, so each slice has its own.
      return indexes(step.fromSlice, step.toSlice).flatMap(index => {
        const { version, rolloutSeq } = control.slices[index] ?? { version: 0, rolloutSeq: 0 };
        const { calibration } = control.latest(version);
        if (version === 0 || calibration === 0) return [];
        return [swept('all', index, index, { rolloutSeq, policyVersion: version, calibration })];
      });
    case 'sweepIndex':
      return [swept('index', step.fromSlice, step.toSlice, nothing)];
  }
}

const nothing = { rolloutSeq: null, policyVersion: null, calibration: null };

function indexes(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

export function swept(
  sweepMode: SliceSwept['mode'],
  fromSlice: number,
  toSlice: number,
  what: Pick<SliceSwept, 'rolloutSeq' | 'policyVersion' | 'calibration'> = nothing,
): SliceSwept {
  const policyId = what.policyVersion === null ? null : 'oracle';
  return { type: 'SliceSwept', mode: sweepMode, fromSlice, toSlice, policyId, ...what };
}

function directed(step: Direct, { rollout, slices, logDay }: NaiveControl, directiveId: string): RolloutDirected {
  const last = rollout?.directive;
  const next = Math.max(last?.rolloutSeq ?? 0, ...slices.map(({ rolloutSeq }) => rolloutSeq)) + 1;
  const base = {
    type: 'RolloutDirected',
    directiveId,
    policyId: 'oracle',
    mode: step.mode,
    keepUntilDay: step.keepUntilIn === null ? null : (logDay ?? 15_000) + step.keepUntilIn,
    actor: 'somebody',
    reason: 'because',
  } as const;
  const wanted = { policyVersion: step.version, fromVersion: slices.at(-1)?.version ?? 0, slices: step.slices };
  const directive: RolloutDirected =
    step.action === 'activate' || last === undefined
      ? { ...base, ...wanted, action: step.action === 'more' ? 'activate' : step.action, rolloutSeq: next }
      : {
          ...last,
          ...base,
          mode: last.mode,
          ...(step.action === 'more' ? { action: 'activate', slices: Math.max(step.slices, last.slices + 1) } : {}),
          ...(step.action === 'seal' ? { action: 'seal' } : {}),
          ...(step.action === 'rollback'
            ? { action: 'rollback', rolloutSeq: next, policyVersion: last.fromVersion, fromVersion: last.policyVersion }
            : {}),
        };
  switch (step.fault) {
    case 'none':
      return directive;
    case 'seq':
      return { ...directive, rolloutSeq: Math.max(0, directive.rolloutSeq - 1) };
    case 'version':
      return { ...directive, policyVersion: 9 };
    case 'fromVersion':
      return { ...directive, fromVersion: 9 };
    case 'slices':
      return { ...directive, slices: directive.slices % 2 === 0 ? 0 : sliceCount + 1 };
  }
}

function calibrated(
  { version: policyVersion, pick, fault }: Calibrate,
  control: NaiveControl,
  document: PolicyDocument,
): ThresholdsCalibrated {
  const next = control.latest(policyVersion).calibration + 1;
  const listed = Object.entries(document.programs).filter(
    ([, program], index) => axesOf(program).length > 0 && (pick + index) % 4 > 0,
  );
  const programs = listed.map(([program, written]) => ({
    program,
    size: 100 + pick,
    axes: axesOf(written).map(({ axis, measure, cuts }, index) => ({
      axis,
      cuts: cutsNear(thresholdsOf(document.measures[measure]!), cuts, pick + index),
    })),
  }));
  if (fault === 'program') programs.push({ program: 'nobody', size: 1, axes: [] });
  if (fault === 'count') programs[0]?.axes[0]?.cuts.push('1');
  if (fault === 'cut') programs[0]?.axes[0]?.cuts.splice(0, 1, 'much');
  return {
    type: 'ThresholdsCalibrated',
    policyId: 'oracle',
    policyVersion,
    calibration: fault === 'number' ? next + 1 : next,
    day: control.logDay ?? 15_000,
    programs,
    rankings: topValues(document, pick),
  };
}

/** As many of the measure's thresholds, in the order of those that are written; now and then two that are the same. */
function cutsNear(thresholds: readonly string[], written: readonly string[], pick: number): string[] {
  const isDescending = written.length > 1 && Number(written[0]) > Number(written.at(-1));
  const chosen = written.map((_, index) => thresholds[(pick * (index + 3) + index) % thresholds.length]!);
  chosen.sort((a, b) => Number(a) - Number(b));
  return isDescending ? chosen.reverse() : chosen;
}

/** The keys are the product's, which the reference does not know. */
function topValues(document: PolicyDocument, pick: number): ThresholdsCalibrated['rankings'] {
  const compiled = compilePolicy(document, {
    baseCurrencyDigits: 2,
    horizonDays: 400,
    kindIndex: () => 0,
    topicAt: () => '',
  });
  if (!compiled.ok) return [];
  return compiled.policy.rankings.map(({ key }) => ({
    ranking: key,
    size: 100 + pick,
    topValues: topShares.map((share, index) => (pick + 1) * 10 - index - share),
  }));
}
