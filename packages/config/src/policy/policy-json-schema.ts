/** The shape of a policy file as a JSON Schema, for editors: they complete fields, show what they mean, mark what is wrong. */
import * as z from 'zod';
import { decimal, policySchema } from './policy-schema.ts';

/** As text, ready to be a file. */
export function policyJsonSchema(): string {
  const schema = z.toJSONSchema(policySchema, {
    target: 'draft-7',
    override: ({ zodSchema, jsonSchema }) => {
      // What a float cannot count is no bound that helps an author.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      // A file may have a decimal with or without quotes.
      if (zodSchema === decimal)
        Object.assign(jsonSchema, { type: ['string', 'number'], pattern: '^-?\\d+(\\.\\d+)?$' });
    },
  });
  const titled = { title: 'tierflow policy', description: 'Measures, programs and playbooks of customer tiers.' };
  return `${JSON.stringify({ ...titled, ...schema }, null, 2)}\n`;
}
