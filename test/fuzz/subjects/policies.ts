/** Policy files, and policy documents as a stranger may put them into the log. What is accepted is folded with. */
import { readdirSync, readFileSync } from 'node:fs';
import { parsePolicy } from '@tierflow/config/policy/parse-policy';
import { goodPolicy } from '@tierflow/config/policy/under-test/good-policy';
import fc from 'fast-check';
import { alteredText } from '../hostile-text.ts';
import { policyText, yamlPiece, yamlText } from '../hostile-yaml.ts';
import type { FuzzSubject } from '../subject.ts';

const root = new URL('../../../', import.meta.url);
const shipped = readdirSync(new URL('deploy/policies/', root)).filter(name => name.endsWith('.yaml'));
const paths = [...shipped.map(name => `deploy/policies/${name}`), 'test/bench/bench-tiers.yaml'];
const files = [goodPolicy, ...paths.map(path => readFileSync(new URL(path, root), 'utf8'))];

export const subject: FuzzSubject<string> = {
  input: fc.oneof(
    { weight: 5, arbitrary: alteredText(files, yamlPiece) },
    { weight: 4, arbitrary: policyText },
    { weight: 1, arbitrary: yamlText },
  ),
  sizeOf: text => text.length,
  run: text => parsePolicy(text, { baseCurrencyDigits: 2, horizonDays: 800 }),
};
