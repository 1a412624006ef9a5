/** Words for what is wrong with a policy's shape: the fields of each place, and where a decimal stands. */
import type { DocumentShape } from '../yaml/shape-problem.ts';

const texts = ['en', 'zh'];
const opIs =
  (...ops: readonly string[]) =>
  (value: unknown): boolean =>
    ops.includes((value as { readonly op?: string } | null)?.op ?? '');

export const policyShape: DocumentShape = {
  name: 'policy',
  keys: [
    { at: /^$/, keys: ['policy', 'version', 'title', 'measures', 'programs'] },
    { at: /\/playbook$/, keys: ['marketing', 'sales', 'service'] },
    { at: /(^|\/)title$|\/playbook\/[^/]+$/, keys: texts },
    { at: /^measures\/[^/]+$/, of: opIs('attribute'), keys: ['op', 'attribute', 'type', 'digits', 'title'] },
    { at: /^measures\/[^/]+$/, of: opIs('expression'), keys: ['op', 'expression', 'unit', 'digits', 'title'] },
    { at: /^measures\/[^/]+$/, of: opIs('score'), keys: ['op', 'measure', 'better', 'cuts', 'title'] },
    { at: /^measures\/[^/]+$/, keys: ['op', 'of', 'kind', 'window', 'topics', 'title'] },
    {
      at: /^programs\/[^/]+$/,
      keys: [
        'kind',
        'by',
        'title',
        'tiers',
        'demote',
        'depth',
        'graceDays',
        'minTenureDays',
        'confirmDays',
        'hysteresisPercent',
        'validity',
        'refunds',
        'warnings',
        'scorecard',
        'axes',
        'rfm',
        'exit',
      ],
    },
    { at: /\/warnings$/, keys: ['expiringDays', 'approaching'] },
    { at: /\/warnings\/approaching$/, keys: ['withinPercent', 'coolDownDays'] },
    { at: /\/scorecard\/\d+$/, keys: ['measure', 'weight', 'points'] },
    { at: /\/scorecard\/\d+\/points\/\d+$/, keys: ['when', 'points'] },
    { at: /^programs\/[^/]+\/axes$/, keys: ['value', 'potential'] },
    { at: /^programs\/[^/]+\/axes\/[^/]+$/, keys: ['measure', 'levels', 'cuts'] },
    { at: /^programs\/[^/]+\/rfm$/, keys: ['recency', 'frequency', 'monetary'] },
    { at: /^programs\/[^/]+\/rfm\/[^/]+$/, keys: ['measure', 'mean', 'cuts', 'highFrom'] },
    { at: /^programs\/[^/]+\/exit$/, keys: ['when', 'vetoes', 'reentry'] },
    {
      at: /^programs\/[^/]+\/tiers\/\d+$/,
      keys: ['tier', 'title', 'when', 'from', 'at', 'dwellDays', 'reviewDays', 'playbook'],
    },
    { at: /\/(when|reentry)(\/.*)?$/, keys: ['all', 'any'] },
  ],
  choices: [
    {
      at: /\/(when|reentry)\//,
      expected: 'a condition',
      remedy: 'Write a condition like spend365 >= 300.00, or a group all: or any:.',
    },
  ],
};

/** Where a number counts as it is written. */
export const policyDecimals: readonly RegExp[] = [
  /^measures\/[^/]+\/cuts\/\d+$/,
  /^programs\/[^/]+\/tiers\/\d+\/from$/,
  /^programs\/[^/]+\/(axes|rfm)\/[^/]+\/cuts\/\d+$/,
  /^programs\/[^/]+\/rfm\/[^/]+\/mean$/,
];
