/**
 * The log of a simulated partition: few customers, low thresholds, short windows and guards, so that most records change
 * a standing, several at once, and time and policy change many, renew or warn.
 */
import type { LogRecord } from '@tierflow/customer/events';
import type { PolicyDocument } from '@tierflow/customer/policy-document';
import type { SplitMix64 } from '../bench/split-mix-64.ts';
import { type FactContent, logOf, type Step } from '../oracle/random-log.ts';

function policyOf(version: number, gold: string, silver: string): PolicyDocument {
  return {
    policy: 'oracle',
    version,
    measures: {
      spend3: { op: 'sum', of: 'netSpend', window: 'P3D' },
      spendEver: { op: 'sum', of: 'netSpend', window: 'lifetime' },
      calls2: { op: 'count', of: 'interaction', kind: 'call', window: 'P2D' },
    },
    programs: {
      alpha: {
        kind: 'ladder',
        warnings: { expiringDays: [2, 1], approaching: { withinPercent: 40, coolDownDays: 1 } },
        tiers: [
          { tier: 'tier0', when: { all: [`spend3 >= ${gold}`] } },
          { tier: 'tier1', when: { all: [`spend3 >= ${silver}`] } },
          { tier: 'rest' },
        ],
      },
      beta: { kind: 'ladder', tiers: [{ tier: 'tier0', when: { all: [`spendEver >= ${gold}`] } }, { tier: 'rest' }] },
      delta: {
        kind: 'ladder',
        demote: 'atExpiry',
        validity: 'P3D',
        depth: 'oneLevel',
        graceDays: version,
        warnings: { expiringDays: [1] },
        tiers: [
          { tier: 'tier0', when: { all: [`spend3 >= ${gold}`] } },
          { tier: 'tier1', when: { all: [`spend3 >= ${silver}`] } },
          { tier: 'rest' },
        ],
      },
      epsilon: {
        kind: 'ladder',
        by: 'exit',
        exit: { when: { all: [`spend3 < ${silver}`] }, vetoes: ['calls2 >= 2'] },
        tiers: [{ tier: 'rest' }, { tier: 'tier1', dwellDays: 1, reviewDays: 1 }, { tier: 'tier0' }],
      },
      gamma: { kind: 'segment', tiers: [{ tier: 'tier0', when: { any: ['calls2 >= 1', `spend3 >= ${gold}`] } }] },
    },
  };
}

const policies = [policyOf(1, '100', '30'), policyOf(2, '60', '10')];
const customers = 5;
const lastSlice = 3;

function contentOf(random: SplitMix64): FactContent {
  const kind = random.below(10);
  if (kind < 6) {
    const amountMinor = 1 + random.below(90_00);
    const orderId = random.below(2) === 0 ? `o${random.below(4)}` : null;
    const money = { amountMinor, amountBaseMinor: amountMinor, currency: 'GBP', channel: null };
    return kind < 4
      ? { type: 'PurchaseRecorded', orderId, ...money, marginBaseMinor: null }
      : { type: 'PurchaseRefunded', orderId, ...money };
  }
  if (kind < 9) {
    return { type: 'InteractionRecorded', kind: 'call', topic: null, responseSeconds: null, costBaseMinor: null };
  }
  return { type: 'ProfileUpdated', attributes: { region: `r${random.below(3)}` } };
}

function stepOf(random: SplitMix64): Step[] {
  const customer = random.below(customers);
  const daysAgo = random.below(4) === 0 ? random.below(5) - 1 : 0;
  const choice = random.below(100);
  if (choice < 58) {
    return [{ step: 'fact', customer, daysAgo, second: random.below(9), bootstrap: false, content: contentOf(random) }];
  }
  if (choice < 63) return [{ step: 'again', of: random.below(40) }];
  if (choice < 80) {
    const tick: Step = { step: 'tick', days: 1 + random.below(3) };
    return random.below(4) === 0 ? [tick] : [tick, { step: 'sweepDue', fromSlice: 0, toSlice: lastSlice }];
  }
  if (choice < 84) return [{ step: 'publish', version: 2, otherContent: random.below(4) === 0 }];
  if (choice < 89) {
    const fromSlice = random.below(lastSlice + 1);
    const toSlice = fromSlice + random.below(lastSlice + 1 - fromSlice);
    const version = 1 + random.below(2);
    return [{ step: 'sweepAll', fromSlice, toSlice, version, rolloutSeq: 1 + random.below(6) }];
  }
  if (choice < 93) {
    const kind = (['pin', 'floor', 'cap'] as const)[random.below(3)]!;
    const content = {
      type: 'StandingOverridden',
      program: (['alpha', 'delta', 'epsilon'] as const)[random.below(3)]!,
      kind,
      tier: 'tier0',
      untilIn: random.below(4),
    } as const;
    return [{ step: 'decision', customer, daysAgo: 0, content }];
  }
  if (choice < 97) return [{ step: 'decision', customer, daysAgo: 0, content: { type: 'CustomerForgotten' } }];
  if (choice < 98) return [{ step: 'misrouted' }];
  if (choice < 99) return [{ step: 'unreadable' }];
  return [{ step: 'genesisAgain' }];
}

/** Steps of a log; any part of them makes a log as well. */
export function planSteps(random: SplitMix64): Step[] {
  const count = 15 + random.below(35);
  return Array.from({ length: count }, () => stepOf(random)).flat();
}

export function recordsOfSteps(steps: readonly Step[]): LogRecord[] {
  return logOf({ policies, opensWithPolicy: true, steps });
}
