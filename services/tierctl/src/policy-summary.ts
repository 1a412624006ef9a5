/** A policy in a person's words. */
import type { ConditionsDocument, PolicyDocument } from '@tierflow/customer/policy-document';
import { heading, table } from './terminal.ts';

export function describePolicy(policy: PolicyDocument, hash: string): string {
  const measures = Object.entries(policy.measures).map(([name, { op, of: subject, kind, window, title }]) => [
    name,
    `${op} of ${subject}${kind === undefined ? '' : ` (${kind})`}`,
    window ?? 'lifetime',
    title?.en ?? '',
  ]);
  const programs = Object.entries(policy.programs).map(
    ([name, { kind, title, tiers }]) =>
      `${heading(`${name} — ${kind}${title === undefined ? '' : `, ${title.en}`}`)}\n${table(
        ['tier', 'when', 'title'],
        tiers.map(({ tier, when, title: tierTitle }) => [
          tier,
          when === undefined ? 'everybody else' : conditions(when),
          tierTitle?.en ?? '',
        ]),
      )}`,
  );
  return [
    `${policy.policy} version ${policy.version} is valid${policy.title === undefined ? '' : `: ${policy.title.en}`}`,
    hash,
    heading('Measures'),
    table(['name', 'takes', 'window', 'title'], measures),
    ...programs,
  ].join('\n');
}

function conditions(document: ConditionsDocument): string {
  const [word, list] = 'all' in document ? [' and ', document.all] : [' or ', document.any];
  return list.map(part => (typeof part === 'string' ? part : `(${conditions(part)})`)).join(word);
}
