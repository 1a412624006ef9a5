/** The policy document's shape as a check. What the shape cannot say (names, windows, ops) is found by compilePolicy. */
import {
  type ConditionsDocument,
  measureOps,
  measureSubjects,
  type PolicyDocument,
} from '@tierflow/customer/policy-document';
import * as z from 'zod';
import type { DocumentShape } from '../yaml/shape-problem.ts';

const localizedText = z.strictObject({ en: z.string().min(1), zh: z.string().min(1).optional() });

/** A condition is a name, an operator and a number. */
const conditionLengthMax = 2048;

const conditionList = z.array(z.union([z.string().max(conditionLengthMax), z.lazy(() => conditions)])).min(1);

const conditions: z.ZodType<ConditionsDocument> = z
  .strictObject({ all: conditionList.optional(), any: conditionList.optional() })
  .refine(({ all, any }) => (all === undefined) !== (any === undefined), {
    message: 'Conditions are joined by exactly one of all and any.',
    params: { remedy: 'Write all: where every condition must hold, any: where one is enough.' },
  }) as unknown as z.ZodType<ConditionsDocument>;

const measure = z.strictObject({
  op: z.enum(measureOps),
  of: z.enum(measureSubjects),
  kind: z.string().min(1).max(64).optional(),
  window: z.string().optional(),
  title: localizedText.optional(),
});

const tier = z.strictObject({
  tier: z.string(),
  title: localizedText.optional(),
  when: conditions.optional(),
});

const program = z.strictObject({
  kind: z.enum(['ladder', 'segment']),
  title: localizedText.optional(),
  demote: z.literal('now').optional(),
  tiers: z.array(tier),
});

export const policySchema: z.ZodType<PolicyDocument> = z.strictObject({
  policy: z.string(),
  version: z.int(),
  title: localizedText.optional(),
  measures: z.record(z.string(), measure),
  programs: z.record(z.string(), program),
});

export const policyShape: DocumentShape = {
  name: 'policy',
  keys: [
    { at: /^$/, keys: ['policy', 'version', 'title', 'measures', 'programs'] },
    { at: /title$/, keys: ['en', 'zh'] },
    { at: /^measures\/[^/]+$/, keys: ['op', 'of', 'kind', 'window', 'title'] },
    { at: /^programs\/[^/]+$/, keys: ['kind', 'title', 'demote', 'tiers'] },
    { at: /^programs\/[^/]+\/tiers\/\d+$/, keys: ['tier', 'title', 'when'] },
    { at: /\/when(\/.*)?$/, keys: ['all', 'any'] },
  ],
  choices: [
    {
      at: /\/when\//,
      expected: 'a condition',
      remedy: 'Write a condition like spend365 >= 300.00, or a group all: or any:.',
    },
  ],
};
