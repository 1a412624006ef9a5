/** Words for what is wrong with a policy's shape: where each part of it stands, and where a decimal does. */
import type { DocumentShape } from '../yaml/shape-problem.ts';
import { policyFields } from './policy-schema.ts';

const opIs =
  (op: string) =>
  (value: unknown): boolean =>
    (value as { readonly op?: string } | null)?.op === op;

export const policyShape: DocumentShape = {
  name: 'policy',
  keys: [
    { at: /^$/, keys: policyFields.policy },
    { at: /\/playbook$/, keys: policyFields.playbook },
    { at: /(^|\/)title$|\/playbook\/[^/]+$/, keys: policyFields.localizedText },
    { at: /^measures\/[^/]+$/, of: opIs('attribute'), keys: policyFields.attributeMeasure },
    { at: /^measures\/[^/]+$/, of: opIs('expression'), keys: policyFields.expressionMeasure },
    { at: /^measures\/[^/]+$/, of: opIs('score'), keys: policyFields.scoreMeasure },
    { at: /^measures\/[^/]+$/, keys: policyFields.factMeasure },
    { at: /^programs\/[^/]+$/, keys: policyFields.program },
    { at: /\/warnings$/, keys: policyFields.warnings },
    { at: /\/warnings\/approaching$/, keys: policyFields.approaching },
    { at: /\/scorecard\/\d+$/, keys: policyFields.scorecardPart },
    { at: /\/scorecard\/\d+\/points\/\d+$/, keys: policyFields.scorecardLine },
    { at: /^programs\/[^/]+\/axes$/, keys: policyFields.axes },
    { at: /^programs\/[^/]+\/axes\/[^/]+$/, keys: policyFields.matrixAxis },
    { at: /^programs\/[^/]+\/rfm$/, keys: policyFields.rfm },
    { at: /^programs\/[^/]+\/rfm\/[^/]+$/, keys: policyFields.rfmAxis },
    { at: /^programs\/[^/]+\/pyramid$/, keys: policyFields.pyramid },
    { at: /^programs\/[^/]+\/population$/, keys: policyFields.population },
    { at: /^programs\/[^/]+\/exit$/, keys: policyFields.exit },
    { at: /^programs\/[^/]+\/tiers\/\d+$/, keys: policyFields.tier },
    { at: /\/(when|reentry|among)(\/.*)?$/, keys: policyFields.conditions },
  ],
  choices: [
    {
      at: /\/(when|reentry|among)\//,
      expected: 'a condition',
      remedy: 'Write a condition like spend365 >= 300.00, or a group all: or any:.',
    },
  ],
};

/** Where a number counts as it is written. */
export const policyDecimals: readonly RegExp[] = [
  /^measures\/[^/]+\/cuts\/\d+$/,
  /^programs\/[^/]+\/tiers\/\d+\/(from|share|playbookCost)$/,
  /^programs\/[^/]+\/(axes|rfm)\/[^/]+\/cuts\/\d+$/,
  /^programs\/[^/]+\/rfm\/[^/]+\/mean$/,
];
