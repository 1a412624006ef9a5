/** Policy files, and policy documents as a stranger may put them into the log. What is accepted is folded with. */
import { readFileSync } from 'node:fs';
import { parsePolicy } from '@tierflow/config/policy/parse-policy';
import fc from 'fast-check';
import { alteredText } from '../hostile-text.ts';
import { policyText, yamlPiece, yamlText } from '../hostile-yaml.ts';
import type { FuzzSubject } from '../subject.ts';

const files = [
  'deploy/policies/retail-ladder.yaml',
  'deploy/policies/household-ladder.yaml',
  'test/bench/bench-tiers.yaml',
].map(file => readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8'));

export const subject: FuzzSubject<string> = {
  input: fc.oneof(
    { weight: 5, arbitrary: alteredText(files, yamlPiece) },
    { weight: 4, arbitrary: policyText },
    { weight: 1, arbitrary: yamlText },
  ),
  sizeOf: text => text.length,
  run: text => parsePolicy(text, { baseCurrencyDigits: 2, horizonDays: 800 }),
};
