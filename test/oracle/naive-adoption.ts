/**
 * How a customer comes to another policy, and back: what is remembered for a rollback, what a customer keeps in spite of
 * the new policy, and how it stands again as if the roll-out had never been.
 */
import type { RolloutDirected } from '@tierflow/customer/events';
import type { PolicyDocument } from '@tierflow/customer/policy-document';
import {
  byTime,
  type EvaluationContext,
  evaluate,
  type NaiveCustomer,
  type NaiveNews,
  type NaivePrior,
  type NaiveStanding,
} from './naive-evaluation.ts';
import { NaiveFit, tierNames } from './naive-fit.ts';
import type { NaiveNumbers } from './naive-numbers.ts';

const byPolicy = { cause: 'policy', correction: false, triggeredBy: null } as const;

/** As it stands today, before the policy of the roll-out judges it. */
export function remember(customer: NaiveCustomer, { rolloutSeq }: RolloutDirected): NaivePrior {
  const { policyVersion: version, day, standings, overrides } = customer;
  return { rolloutSeq, version, day, standings: new Map(standings), overrides: [...overrides] };
}

/** Who would fall on a ladder without validity keeps the tier. Gives whether there was anything to keep. */
export function grandfather(
  customer: NaiveCustomer,
  { programs }: PolicyDocument,
  numbers: NaiveNumbers,
  { rolloutSeq, keepUntilDay: untilDay }: RolloutDirected,
): boolean {
  const { day, standings } = customer;
  const kept = customer.overrides.length;
  for (const [program, document] of Object.entries(programs)) {
    if (document.kind !== 'ladder' || document.by === 'exit' || document.demote === 'atExpiry') continue;
    const tier = standings.get(program)?.tier ?? null;
    const position = tier === null ? -1 : tierNames(document).indexOf(tier);
    if (position < 0 || customer.overrides.some(one => one.program === program)) continue;
    if (new NaiveFit(program, document, numbers.on(day)).position <= position) continue;
    customer.overrides.push({ program, kind: 'floor', tier: tier!, untilDay, rolloutSeq });
  }
  return customer.overrides.length > kept;
}

/** Takes the customer back to the day of its prior standings, and through the days since, in silence. */
export function restore(customer: NaiveCustomer, prior: NaivePrior, context: EvaluationContext): NaiveNews[] {
  const { day, standings: left } = customer;
  customer.standings = new Map(prior.standings);
  customer.overrides = [...prior.overrides];
  customer.prior = null;
  customer.day = prior.day;
  // On the same day there is nothing to pass, and other cuts may be in force than there were.
  do {
    customer.day = Math.min(customer.day + 1, day);
    evaluate(customer, context, byTime);
  } while (customer.day < day);
  const { programs } = context.policy;
  const names = new Set([...Object.keys(programs), ...left.keys()]);
  return [...names].flatMap(program => changeOf(program, left.get(program), customer, context.policy));
}

function changeOf(
  program: string,
  left: NaiveStanding | undefined,
  { standings, day }: NaiveCustomer,
  { programs }: PolicyDocument,
): NaiveNews[] {
  const standing = standings.get(program);
  const [from, to] = [left?.tier ?? null, standing?.tier ?? null];
  if (from === to) return [];
  const document = programs[program];
  const names = document === undefined ? [] : tierNames(document);
  const [before, after] = [names.indexOf(from!), names.indexOf(to!)];
  const isRanked = document?.kind === 'ladder' && before >= 0 && after >= 0;
  let direction = 'across';
  if (from === null) direction = 'first';
  else if (to === null) direction = 'end';
  else if (isRanked) direction = after < before ? 'up' : 'down';
  const between = names.slice(Math.min(before, after) + 1, Math.max(before, after));
  const { reviewDays } = document?.tiers?.[after] ?? {};
  return [
    {
      type: 'TierChanged',
      program,
      from,
      to,
      ...byPolicy,
      reason: document === undefined ? 'programEnded' : 'rolledBack',
      direction,
      passed: !isRanked ? [] : after < before ? between.reverse() : between,
      fromSinceDay: from === null ? null : left!.sinceDay,
      validUntilDay: standing?.validUntilDay ?? null,
      reviewDay: reviewDays === undefined ? null : day + reviewDays,
      incomplete: standing?.incomplete ?? false,
    },
  ];
}
