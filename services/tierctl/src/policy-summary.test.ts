import { readFileSync } from 'node:fs';
import { parsePolicy } from '@tierflow/config/policy/parse-policy';
import { expect, test } from 'vitest';
import { describePolicy } from './policy-summary.ts';

function summaryOf(file: string): string {
  const text = readFileSync(new URL(`../../../deploy/policies/${file}`, import.meta.url), 'utf8');
  const parsed = parsePolicy(text, { baseCurrencyDigits: 2, horizonDays: 800 });
  if (!parsed.ok) throw new SyntaxError(JSON.stringify(parsed.problems));
  return describePolicy(parsed.document, parsed.hash).replaceAll(/ +/g, ' ');
}

test('a pyramid tells its shares, who is ranked, and from where its tiers begin until its cuts follow them', () => {
  const summary = summaryOf('pyramid.yaml');
  for (const line of [
    'cuts follow the population: customers with orders365 >= 1',
    'as written below 500 customers or 180 days; anew when one has moved by more than 1 %',
    ' top 1 % spend365 >= 16989.52 Top customers (1 %)',
    ' small 80 % whoever else is ranked Small customers (80 %)',
    ' inactive everybody else Inactive customers',
  ]) {
    expect(summary).toContain(line);
  }
});

test('rfm tells its axes, what they begin with, and how they are cut', () => {
  const summary = summaryOf('rfm-eight.yaml');
  for (const line of [
    'cuts follow the population: customers with orders365 >= 1, scores by ties',
    ' recency daysSincePurchase daysSincePurchase <= 87.24',
    ' monetary spend365 score >= 4 by the cuts 236.27, 467.67, 910.73, 1983.59',
    ' rfm.101 recency high, frequency low, monetary high Key development',
  ]) {
    expect(summary).toContain(line);
  }
});
