/** For tests: a policy with a program whose cuts follow its population, and another one, with other needs. */
import { compilePolicy } from '@tierflow/customer/compile-policy';
import type { ThresholdsCalibrated } from '@tierflow/customer/events';
import type { Policy } from '@tierflow/customer/policy';
import type { PolicyDocument } from '@tierflow/customer/policy-document';

export const pyramidNeeds = { minCustomers: 5, minDays: 3 };
export const rfmNeeds = { minCustomers: 8, minDays: 6 };

export function populationDocument(version: number): PolicyDocument {
  return {
    policy: 'population',
    version,
    measures: {
      spend: { op: 'sum', of: 'netSpend', window: 'P30D' },
      orders: { op: 'count', of: 'purchase', window: 'P30D' },
      silent: { op: 'since', of: 'purchase' },
    },
    programs: {
      pyramid: {
        kind: 'ladder',
        by: 'pyramid',
        demote: 'now',
        pyramid: { measure: 'spend' },
        population: { ...pyramidNeeds, deadBandPercent: 5 },
        tiers: [
          { tier: 'top', share: '10', from: `${version}000.00` },
          { tier: 'large', share: '25', from: `${version}00.00` },
          { tier: 'base' },
        ],
      },
      shape: {
        kind: 'segment',
        by: 'rfm',
        rfm: {
          recency: { measure: 'silent', cuts: ['20', '10', '5', '2'], highFrom: 4 },
          frequency: { measure: 'orders', cuts: ['1', '2', '3', '4'], highFrom: 4 },
          monetary: { measure: 'spend', mean: '50.00' },
        },
        population: { ...rfmNeeds, deadBandPercent: 5 },
      },
    },
  };
}

export function compiledPopulation(version: number, calibrated?: ThresholdsCalibrated): Policy {
  const compiled = compilePolicy(populationDocument(version), {
    baseCurrencyDigits: 2,
    horizonDays: 400,
    kindIndex: () => 0,
    topicAt: () => 'other',
    calibrated,
  });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  return compiled.policy;
}
