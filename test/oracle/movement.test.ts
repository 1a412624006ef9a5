/** Movement, option by option, against the reference: what is emitted for one customer in one program. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  anyMovement,
  caseOf,
  decision,
  exits,
  ladderWith,
  lifeWith,
  logOfCase,
  longLives,
  type MovementCase,
  movements,
  policyWith,
  readable,
  sweepAll,
  sweepDue,
  warnings,
} from './movement-cases.ts';
import { NaiveFold } from './naive-fold.ts';
import { oracleTimeoutMs, runs } from './oracle-runs.ts';
import type { Step } from './random-log.ts';
import { RealFold } from './real-fold.ts';

async function isAsInReference(one: MovementCase): Promise<void> {
  const log = logOfCase(one);
  const real = await new RealFold(log).run([500]);
  const naive = new NaiveFold().fold(log);
  expect(real.records).toEqual(naive.records);
  expect(real.rejected).toEqual(naive.rejections);
}

function check(name: string, cases: fc.Arbitrary<MovementCase>): void {
  test(name, { timeout: oracleTimeoutMs }, async () => {
    await fc.assert(fc.asyncProperty(cases, isAsInReference), runs(500));
  });
}

const unguarded = ladderWith(fc.constant({}));
const guarded = ladderWith(anyMovement);

check('a ladder without guards', caseOf(unguarded));
for (const [option, movement] of Object.entries(movements))
  check(`a ladder with ${option}`, caseOf(ladderWith(movement)));
check('what is earned from behind the horizon', longLives);
check('a ladder with overrides', caseOf(fc.oneof(unguarded, guarded), lifeWith(decision)));
check('an exit', caseOf(exits));
check('an exit with overrides', caseOf(exits, lifeWith(decision)));

const warned = fc.tuple(fc.oneof(unguarded, guarded, exits), warnings).map(([program, wanted]) => ({
  ...program,
  warnings: program.by === 'exit' ? { expiringDays: wanted.expiringDays } : wanted,
}));
check('warnings', caseOf(warned));
check('warnings with overrides', caseOf(warned, lifeWith(decision)));

const everything = fc.oneof(warned, guarded, exits);
const policies = fc.tuple(everything, everything).map(list => list.map((program, i) => policyWith(i + 1, program)));
const rollout: fc.Arbitrary<Step> = fc
  .tuple(fc.constantFrom(1, 2), fc.integer({ min: 2, max: 6 }))
  .map(([version, rolloutSeq]) => ({ step: 'sweepAll', fromSlice: 0, toSlice: 3, version, rolloutSeq }));
const publish: Step = { step: 'publish', version: 2, otherContent: false };
const rolledOut = lifeWith(rollout, rollout, decision).map(steps => [publish, ...steps]);
check('another policy', fc.record({ policies, steps: rolledOut }).map(readable));

const anything = fc.oneof(
  caseOf(everything, lifeWith(decision)),
  fc.record({ policies, steps: rolledOut }).map(readable),
);

/** Records as a reader sees them, whatever the offsets are that they come from. */
async function toldBy(one: MovementCase): Promise<unknown> {
  const { records } = await new RealFold(logOfCase(one)).run([500]);
  return records.map(record => ({ ...record, id: null, recordedAt: null, triggeredBy: null }));
}

test('evaluating twice is evaluating once', { timeout: oracleTimeoutMs }, async () => {
  const twice = anything.chain(one => fc.tuple(fc.constant(one), fc.array(fc.nat(one.steps.length), { minLength: 1 })));
  await fc.assert(
    fc.asyncProperty(twice, async ([one, positions]) => {
      const steps = one.steps.flatMap((step, n) => [...positions.filter(at => at === n).map(() => sweepAll), step]);
      expect(await toldBy({ ...one, steps: [...steps, sweepAll] })).toEqual(
        await toldBy({ ...one, steps: [...one.steps, sweepAll] }),
      );
    }),
    runs(500),
  );
});

test('a missed day is no missed day', { timeout: oracleTimeoutMs }, async () => {
  await fc.assert(
    fc.asyncProperty(anything, async one => {
      const isSweep = ({ step }: Step): boolean => step === 'sweepDue';
      const missed = one.steps.filter(step => !isSweep(step));
      const opened = missed.flatMap(step =>
        step.step === 'tick' && step.days > 0
          ? Array.from({ length: step.days }, () => [{ ...step, days: 1 }, sweepDue]).flat()
          : [step],
      );
      expect(await toldBy({ ...one, steps: [...opened, sweepAll] })).toEqual(
        await toldBy({ ...one, steps: [...missed, sweepAll] }),
      );
    }),
    runs(500),
  );
});
