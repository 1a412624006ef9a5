/** What a tier's playbook costs is an amount of money, so that what-if can add it up. */
import { parseDecimal } from './decimal.ts';
import type { PolicyDocument } from './policy-document.ts';
import { type PolicyReport, shown } from './policy-report.ts';

export function checkPlaybookCosts({ programs }: PolicyDocument, moneyDigits: number, report: PolicyReport): void {
  for (const [name, { tiers }] of Object.entries(programs)) {
    tiers?.forEach(({ playbookCost }, index) => {
      if (playbookCost === undefined) return;
      const amount = typeof playbookCost === 'string' ? parseDecimal(playbookCost, moneyDigits) : null;
      if (amount !== null && amount >= 0) return;
      report.add(
        ['programs', name, 'tiers', index, 'playbookCost'],
        'badText',
        `${shown(playbookCost)} is not what a playbook can cost a year.`,
        `Write an amount of 0 or more, with at most ${moneyDigits} decimals.`,
      );
    });
  }
}
