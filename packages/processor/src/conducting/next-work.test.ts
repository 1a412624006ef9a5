import type { RolloutDirected, SliceSwept, ThresholdsCalibrated } from '@tierflow/customer/events';
import type { Policy } from '@tierflow/customer/policy';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Conducted, type ConductedSlice, nextWork, type Work } from './next-work.ts';
import { compiledPopulation } from './population-policy.ts';

const day = 19_100;
const versions = [1, 2, 3];
/** The last one has fixed cuts. */
const fixed = 3;
const policies = new Map<number, Policy>(versions.map(version => [version, compiledPopulation(version)]));
policies.set(fixed, { ...policies.get(fixed)!, programs: [] });

interface State extends Conducted {
  readonly slices: ConductedSlice[];
  readonly calibrations: Map<number, ThresholdsCalibrated>;
  rollout: Conducted['rollout'];
}

/** A conductor's world without servers: partitions that all take every record, and what was looked at today. */
class World {
  readonly states: State[];
  readonly considered = new Map<number, number>();
  readonly written: Work[] = [];

  constructor(states: State[]) {
    this.states = states;
  }

  next(slicesPerSweep: number): Work {
    return nextWork(this.states, this.considered, slicesPerSweep);
  }

  /** Does the work; `isNews`: whether the cuts have moved. */
  do(work: Work, isNews: boolean): void {
    this.written.push(work);
    if (work.type === 'sweep') for (const state of this.states) sweep(state, work.record);
    if (work.type !== 'calibrate') return;
    this.considered.set(work.version, day);
    if (isNews) for (const state of this.states) recut(state, work.version, day);
  }
}

function recut({ calibrations }: State, version: number, on: number): void {
  const calibration = (calibrations.get(version)?.calibration ?? 0) + 1;
  calibrations.set(version, {
    type: 'ThresholdsCalibrated',
    policyId: 'population',
    policyVersion: version,
    calibration,
    day: on,
    programs: [],
    rankings: [],
  });
}

/** As the fold takes it. */
function sweep({ slices, rankingGeneration }: State, record: SliceSwept): void {
  for (let at = record.fromSlice; at <= record.toSlice; at++) {
    const slice = slices[at]!;
    if (record.mode === 'index') slices[at] = { ...slice, indexed: rankingGeneration };
    const { rolloutSeq, policyVersion } = record;
    if (record.mode !== 'all' || rolloutSeq === null || policyVersion === null) continue;
    const calibration = record.calibration ?? 0;
    if (rolloutSeq > slice.rolloutSeq) slices[at] = { ...slice, version: policyVersion, rolloutSeq, calibration };
    else if (rolloutSeq === slice.rolloutSeq && policyVersion === slice.version && calibration > slice.calibration)
      slices[at] = { ...slice, calibration };
  }
}

const slicesMost = 24;

/** Any point of a roll-out, of a rollback or after either; the partitions agree, but for their places in indexes. */
const world = fc
  .record({
    slices: fc.integer({ min: 1, max: slicesMost }),
    directed: fc.integer({ min: 1, max: slicesMost }),
    done: fc.array(fc.boolean(), { minLength: slicesMost, maxLength: slicesMost }),
    action: fc.constantFrom('activate' as const, 'rollback' as const, null),
    isSealed: fc.boolean(),
    from: fc.constantFrom(0, ...versions),
    to: fc.constantFrom(...versions),
    calibrated: fc.array(fc.tuple(fc.constantFrom(...versions), fc.integer({ min: day - 3, max: day })), {
      maxLength: 5,
    }),
    indexed: fc.array(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: slicesMost, maxLength: slicesMost }), {
      minLength: 1,
      maxLength: 3,
    }),
  })
  .map(drawn => {
    const directive: RolloutDirected = {
      type: 'RolloutDirected',
      directiveId: 'directive',
      rolloutSeq: 7,
      action: drawn.action ?? 'activate',
      policyId: 'population',
      policyVersion: drawn.to,
      fromVersion: drawn.from,
      mode: 'immediate',
      slices: Math.min(drawn.directed, drawn.slices),
      keepUntilDay: null,
      actor: 'tester',
      reason: 'test',
    };
    const isSealed = drawn.isSealed && drawn.action === 'activate';
    const states = drawn.indexed.map((indexed): State => {
      const calibrations = new Map<number, ThresholdsCalibrated>();
      const state: State = {
        genesis: null,
        logDay: day,
        firstDay: day - 400,
        rankingGeneration: 3,
        calibrations,
        rollout: drawn.action === null ? null : { ...directive, isSealed },
        slices: Array.from({ length: drawn.slices }, (_, slice) => {
          const hasFollowed = drawn.action !== null && (isSealed || (slice < directive.slices && drawn.done[slice]!));
          const follow = hasFollowed ? { version: drawn.to, rolloutSeq: 7 } : { version: drawn.from, rolloutSeq: 6 };
          return { ...follow, calibration: 0, indexed: indexed[slice]! };
        }),
        policyUnder: version => policies.get(version) ?? null,
        latestCalibration: version => calibrations.get(version) ?? null,
      };
      for (const [version, on] of drawn.calibrated) recut(state, version, on);
      return state;
    });
    return new World(states);
  });

test('from any point it comes to an end at which everything directed is done and every slice has the latest cuts', () => {
  fc.assert(
    fc.property(world, fc.integer({ min: 1, max: 30 }), fc.infiniteStream(fc.boolean()), (here, size, news) => {
      const workMax = 3 * slicesMost + 10;
      let work = here.next(size);
      for (; work.type !== 'none'; work = here.next(size)) {
        expect(here.written.length).toBeLessThan(workMax);
        here.do(work, news.next().value);
      }
      for (const { slices, rollout, rankingGeneration, calibrations } of here.states) {
        for (const [at, { version, rolloutSeq, calibration, indexed }] of slices.entries()) {
          if (rollout !== null && !rollout.isSealed && at < rollout.slices) {
            expect({ version, rolloutSeq }).toEqual({ version: rollout.policyVersion, rolloutSeq: 7 });
          }
          if (version > 0) expect(calibration).toBe(calibrations.get(version)?.calibration ?? 0);
          if (version > 0 && version !== fixed) {
            const today = here.considered.get(version) === day || calibrations.get(version)?.day === day;
            expect(today).toBe(true);
          }
          expect(indexed).toBe(rankingGeneration);
        }
      }
    }),
    { numRuns: 1_000 },
  );
});

test('places come before cuts, cuts before the slices that follow them, and no sweep is larger than it may be', () => {
  fc.assert(
    fc.property(world, fc.integer({ min: 1, max: 30 }), fc.infiniteStream(fc.boolean()), (here, size, news) => {
      const isActivation = here.states[0]!.rollout?.action === 'activate' && !here.states[0]!.rollout.isSealed;
      const phases: string[] = [];
      for (let work = here.next(size); work.type !== 'none'; work = here.next(size)) {
        if (work.type === 'sweep') {
          const { fromSlice, toSlice } = work.record;
          expect(fromSlice).toBeLessThanOrEqual(toSlice);
          expect(toSlice).toBeLessThan(here.states[0]!.slices.length);
          expect(toSlice - fromSlice + 1).toBeLessThanOrEqual(size);
        }
        const phase = work.type === 'sweep' ? work.purpose : work.type;
        if (phases.at(-1) !== phase) phases.push(phase);
        here.do(work, news.next().value);
      }
      // What is rolled back gets its cuts afterwards.
      const order = isActivation ? ['ranks', 'calibrate', 'rollout', 'cuts'] : phases;
      expect(phases).toEqual(order.filter(phase => phases.includes(phase)));
      expect(phases.indexOf('ranks')).toBeLessThanOrEqual(0);
    }),
    { numRuns: 1_000 },
  );
});

test('cuts are looked at once a day, and a version with fixed cuts never', () => {
  fc.assert(
    fc.property(world, here => {
      const looked: number[] = [];
      for (let work = here.next(8); work.type !== 'none'; work = here.next(8)) {
        if (work.type === 'calibrate') looked.push(work.version);
        here.do(work, false);
      }
      expect(new Set(looked).size).toBe(looked.length);
      expect(looked).not.toContain(fixed);
      expect(looked).not.toContain(0);
    }),
  );
});
