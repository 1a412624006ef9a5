/** The shape of a sources file as a check. What the shape cannot say (paths, units, zones) is found when it is compiled. */
import * as z from 'zod';
import { canonicalTypes } from '../canonical/read-customer-event.ts';
import type { DocumentShape } from '../yaml/shape-problem.ts';
import { type MappedField, mappedFields } from './field-kinds.ts';

const text = z.string().min(1).max(400);
const scalar = z.union([z.string(), z.number(), z.boolean()]);

const fieldForm = z.strictObject({
  path: text.optional(),
  const: scalar.optional(),
  join: z.array(text).min(1).max(10).optional(),
  with: z.string().max(10).optional(),
  map: z.record(z.string(), scalar).optional(),
  otherwise: scalar.optional(),
  default: scalar.optional(),
  unit: text.optional(),
  zone: text.optional(),
  format: text.optional(),
  decimal: z.enum(['.', ',']).optional(),
  absolute: z.boolean().optional(),
});
const field = z.union([text, fieldForm]);

const condition = z.strictObject({
  path: text,
  in: z.array(scalar).min(1).optional(),
  notIn: z.array(scalar).min(1).optional(),
  exists: z.boolean().optional(),
  above: z.number().optional(),
  below: z.number().optional(),
});

const fields = Object.fromEntries(mappedFields.map(name => [name, field.optional()])) as Record<
  MappedField,
  z.ZodOptional<typeof field>
>;

const event = z.strictObject({
  type: z.enum(canonicalTypes),
  forEach: text.optional(),
  when: z.union([condition, z.array(condition).min(1)]).optional(),
  ...fields,
  attributes: z.record(z.string(), field).optional(),
});

const source = z.strictObject({
  topic: text.optional(),
  format: z.enum(['json', 'avro', 'csv', 'xlsx']),
  startAt: z.enum(['earliest', 'latest']).optional(),
  recordBytesMax: z.int().min(1024).max(16_777_216).optional(),
  zone: text.optional(),
  key: z.literal('customerId').optional(),
  sheet: text.optional(),
  delimiter: text.optional(),
  events: z.array(event).min(1),
});

export const sourcesSchema = z.strictObject({
  rates: z.record(z.string(), z.array(z.strictObject({ from: z.string(), rate: z.string() })).min(1)).optional(),
  sources: z.record(z.string(), source),
});

export type SourcesDocument = z.infer<typeof sourcesSchema>;
export type SourceDocument = z.infer<typeof source>;
export type EventDocument = z.infer<typeof event>;
export type ConditionDocument = z.infer<typeof condition>;
export type FieldDocument = z.infer<typeof field>;
export type FieldForm = z.infer<typeof fieldForm>;
export type Scalar = z.infer<typeof scalar>;

export const sourcesShape: DocumentShape = {
  name: 'sources file',
  keys: [
    { at: /^$/, keys: Object.keys(sourcesSchema.shape) },
    { at: /^rates\/[^/]+\/\d+$/, keys: ['from', 'rate'] },
    { at: /^sources\/[^/]+$/, keys: Object.keys(source.shape) },
    { at: /^sources\/[^/]+\/events\/\d+$/, keys: Object.keys(event.shape) },
    { at: /\/when(\/\d+)?$/, keys: Object.keys(condition.shape) },
    { at: /^sources\/[^/]+\/events\/\d+\//, keys: Object.keys(fieldForm.shape) },
  ],
  choices: [
    { at: /\/(const|otherwise|default)$/, expected: 'one value', remedy: 'Write text, a number, true or false.' },
    { at: /\/(map|in|notIn)\/[^/]+$/, expected: 'one value', remedy: 'Write text, a number, true or false.' },
    { at: /\/when$/, expected: 'a condition', remedy: 'Write { path: total, above: 0 }, or a list of such.' },
    {
      at: /\/events\/\d+\//,
      expected: 'a field',
      remedy: 'Write a path like basket.id, or one of { path: … }, { const: … }, { join: [ … ] }.',
    },
  ],
};
