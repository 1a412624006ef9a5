/**
 * The log of a simulated partition: few customers, low thresholds, short windows and guards, so that most records change
 * a standing, several at once, and time and policy change many, renew or warn.
 */
import type { LogRecord } from '@tierflow/customer/events';
import type { PolicyDocument, ProgramDocument } from '@tierflow/customer/policy-document';
import type { SplitMix64 } from '../bench/split-mix-64.ts';
import { type FactContent, logOf, type Step } from '../oracle/random-log.ts';

const rfm: ProgramDocument = {
  kind: 'segment',
  by: 'rfm',
  population: { scores: 'ties' },
  rfm: {
    recency: { measure: 'sincePurchase', mean: '1' },
    frequency: { measure: 'calls2', mean: '1' },
    monetary: { measure: 'spendEver', cuts: ['1', '30', '60', '100'], highFrom: 3 },
  },
};

function policyOf(version: number, gold: string, silver: string): PolicyDocument {
  return {
    policy: 'oracle',
    version,
    measures: {
      spend3: { op: 'sum', of: 'netSpend', window: 'P3D' },
      spendEver: { op: 'sum', of: 'netSpend', window: 'lifetime' },
      sincePurchase: { op: 'since', of: 'purchase', window: 'P30D' },
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
      // The second policy ranks by what the first one does not know.
      zeta: {
        kind: 'ladder',
        by: 'pyramid',
        pyramid: { measure: version === 2 ? 'calls2' : 'spend3' },
        population: { among: { all: ['spendEver > 0'] } },
        tiers:
          version === 2
            ? [{ tier: 'tier0', share: '30', from: '2' }, { tier: 'tier1', share: '70' }, { tier: 'rest' }]
            : [
                { tier: 'tier0', share: '10', from: gold },
                { tier: 'tier1', share: '40', from: silver },
                { tier: 'rest' },
              ],
      },
      ...(version === 3 ? {} : { rho: rfm }),
      gamma: { kind: 'segment', tiers: [{ tier: 'tier0', when: { any: ['calls2 >= 1', `spend3 >= ${gold}`] } }] },
    },
  };
}

const policies = [policyOf(1, '100', '30'), policyOf(2, '60', '10'), policyOf(3, '120', '70')];
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
  if (choice < 50) {
    return [{ step: 'fact', customer, daysAgo, second: random.below(9), bootstrap: false, content: contentOf(random) }];
  }
  if (choice < 61) return [{ step: 'again', of: random.below(40) }];
  if (choice < 76) {
    const tick: Step = { step: 'tick', days: 1 + random.below(3) };
    return random.below(4) === 0 ? [tick] : [tick, { step: 'sweepDue', fromSlice: 0, toSlice: lastSlice }];
  }
  if (choice < 77) return [{ step: 'publish', version: 2, otherContent: random.below(4) === 0 }];
  if (choice < 79) {
    const version = 1 + random.below(2);
    return [{ step: 'sweepAll', ...slicesOf(random), version, rolloutSeq: 1 + random.below(6) }];
  }
  if (choice < 91) return rolloutStepsOf(random);
  if (choice < 93) {
    const kind = (['pin', 'floor', 'cap'] as const)[random.below(3)]!;
    const content = {
      type: 'StandingOverridden',
      program: (['alpha', 'delta', 'epsilon', 'zeta'] as const)[random.below(4)]!,
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

function slicesOf(random: SplitMix64): { fromSlice: number; toSlice: number } {
  const fromSlice = random.below(lastSlice + 1);
  return { fromSlice, toSlice: fromSlice + random.below(lastSlice + 1 - fromSlice) };
}

/** A directive and the first sweeps for it; more slices, a rollback or a seal; new cuts, and sweeps that bring them. */
function rolloutStepsOf(random: SplitMix64): Step[] {
  const all = { fromSlice: 0, toSlice: lastSlice };
  const some = random.below(2) === 0 ? all : slicesOf(random);
  const carryOut: Step = { step: 'carryOut', ...some, isCalibrated: random.below(2) === 0 };
  const directive = {
    step: 'direct',
    version: 1 + random.below(3),
    mode: (['immediate', 'grandfather', 'lazy'] as const)[random.below(3)]!,
    slices: random.below(3) === 0 ? 2 : lastSlice + 1,
    keepUntilIn: random.below(5),
    fault: random.below(12) === 0 ? 'seq' : 'none',
  } as const;
  switch (random.below(8)) {
    case 0:
    case 1:
    case 2:
      return [{ ...directive, action: 'activate' }, { step: 'sweepIndex', ...all }, carryOut];
    case 3:
      return [{ ...directive, action: 'rollback' }, carryOut];
    case 4:
      return [{ ...directive, action: 'more' }, carryOut, { ...directive, action: 'seal' }];
    case 5:
      return [carryOut];
    default: {
      const version = 1 + random.below(3);
      const calibrate: Step = { step: 'calibrate', version, pick: random.below(1000), fault: 'none' };
      return [calibrate, { step: 'recut', ...some }];
    }
  }
}

/** Steps of a log; any part of them makes a log as well. */
export function planSteps(random: SplitMix64): Step[] {
  const count = 15 + random.below(35);
  return Array.from({ length: count }, () => stepOf(random)).flat();
}

export function recordsOfSteps(steps: readonly Step[]): LogRecord[] {
  return logOf({ policies, opensWithPolicy: true, publishesAll: true, steps });
}
