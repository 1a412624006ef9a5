/**
 * The sequence of facts between two ticks does not matter: same measures, and the same standings of segments and of
 * ladders without guards. Guards, validity and stages follow the log, by definition.
 */
import type { LogEvent } from '@tierflow/customer/events';
import type { PolicyDocument } from '@tierflow/customer/policy-document';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isGuarded } from './naive-movement.ts';
import { oracleTimeoutMs, runs } from './oracle-runs.ts';
import { dayAgo, factContent, factOf, firstDay, keyed, opening, recordsOf } from './random-log.ts';
import { policyDocument } from './random-policy.ts';
import { swept } from './random-rollouts.ts';
import { RealFold } from './real-fold.ts';

const fact = fc.tuple(factContent, fc.nat(2), dayAgo, fc.nat(5), fc.boolean());

/** The facts of some days, each in two sequences. A fact may come twice; a profile update follows the log by intent. */
const days = fc.array(
  fc.array(fc.tuple(fact, fc.constantFrom(1, 1, 1, 2)), { maxLength: 12 }).chain(facts => {
    const told = facts.filter(([[content]]) => content.type !== 'ProfileUpdated');
    const sequence = told.flatMap(([, times], index) => Array.from({ length: times }, () => index));
    const shuffled = fc.shuffledSubarray(sequence, { minLength: sequence.length });
    return fc.record({ told: fc.constant(told.map(([one]) => one)), sequences: fc.tuple(shuffled, shuffled) });
  }),
  { minLength: 1, maxLength: 4 },
);

test('a permutation of the facts of a day does not show', { timeout: oracleTimeoutMs }, async () => {
  await fc.assert(
    fc.asyncProperty(
      policyDocument(1),
      days,
      fc.boolean(),
      fc.constantFrom(1, 3, 30, 366),
      async (policy, plan, ticksBetween, step) => {
        const logOf = (which: 0 | 1): LogEvent[] => {
          const events: LogEvent[] = [...opening(policy)];
          plan.forEach(({ told, sequences }, index) => {
            const today = firstDay + index * step;
            if (ticksBetween) events.push({ type: 'ClockTicked', day: today });
            for (const position of sequences[which]) {
              const [content, customer, daysAgo, second, bootstrap] = told[position]!;
              const id = `d${index}-${position}`;
              events.push(factOf(content, id, `c${customer}`, today - daysAgo, second, bootstrap));
            }
          });
          const last = firstDay + plan.length * step;
          return [...events, { type: 'ClockTicked', day: last }, sweepAll];
        };
        const [one, other] = await Promise.all(
          ([0, 1] as const).map(which => new RealFold(recordsOf(logOf(which).map(keyed))).run([500])),
        );
        expect(conditionsOf(other!, policy)).toEqual(conditionsOf(one!, policy));
      },
    ),
    runs(500),
  );
});

const sweepAll: LogEvent = swept('all', 0, 3);

/** Measures and tiers; since when a tier is held and how often it changed on the way follow the sequence. */
function conditionsOf(fold: RealFold, { programs }: PolicyDocument): unknown {
  const views = [...fold.store.partition(0).views].map(([id, json]) => {
    const { measures, standings, asOf } = JSON.parse(json);
    const tiers = Object.entries<{ tier: string | null }>(standings)
      .filter(([program]) => programs[program]!.by !== 'exit' && !isGuarded(programs[program]!))
      .map(([program, { tier }]) => [program, tier]);
    return [id, { measures, asOf, tiers: Object.fromEntries(tiers) }] as const;
  });
  return Object.fromEntries(views);
}
