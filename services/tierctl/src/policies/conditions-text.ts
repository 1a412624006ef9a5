import type { ConditionsDocument } from '@tierflow/customer/policy-document';

/** Conditions in one line, as they read in a policy. */
export function conditionsText(document: ConditionsDocument): string {
  const [word, list] = 'all' in document ? [' and ', document.all] : [' or ', document.any];
  return list.map(part => (typeof part === 'string' ? part : `(${conditionsText(part)})`)).join(word);
}
