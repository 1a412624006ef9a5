/** A record of `tier-changes` in the words of the labelled lives. */
import type { Missing, TierRecord } from '@tierflow/customer/changes';
import { formatDay } from '@tierflow/customer/epoch-day';

/** `wealth → potential by time, until 2026-03-01`, without the customer and the day. */
export function recordText(record: TierRecord): string {
  const { program } = record;
  switch (record.type) {
    case 'TierChanged': {
      const { to, cause, validUntilDay, reviewDay, incomplete } = record;
      const details = [
        validUntilDay === null ? '' : `, until ${formatDay(validUntilDay)}`,
        reviewDay === null ? '' : `, review ${formatDay(reviewDay)}`,
        incomplete ? ', incomplete' : '',
      ];
      return `${program} → ${to ?? 'none'}${cause === 'facts' ? '' : ` by ${cause}`}${details.join('')}`;
    }
    case 'StandingRenewed':
      return `${program} renewed, until ${formatDay(record.validUntilDay)}`;
    case 'Expiring': {
      const grace = record.grace ? ', in grace' : '';
      return `${program} expiring within ${record.withinDays}, on ${formatDay(record.lostOnDay)}${grace}`;
    }
    case 'Approaching':
      return `${program} approaching ${record.next}, missing ${record.missing.map(missingText).join(' and ')}`;
  }
}

function missingText({ measure, missing }: Missing): string {
  return `${measure} ${missing}`;
}
