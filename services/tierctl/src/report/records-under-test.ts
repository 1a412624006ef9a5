/** One record of each type, in a ladder `value` of gold, silver and bronze; for tests. */
import type { Approaching, Expiring, StandingRenewed, TierChanged } from '@tierflow/customer/changes';
import { parseDay } from '@tierflow/customer/epoch-day';

const day = (text: string) => parseDay(text)!;

const standing = {
  customerId: 'ada',
  program: 'value',
  effectiveDay: day('2026-11-24'),
  recordedAt: Date.UTC(2026, 10, 24, 12),
  policyId: 'retail-ladder',
  policyVersion: 3,
  policyHash: 'sha256:3',
  revision: 14,
};

export const changedUnderTest: TierChanged = {
  type: 'TierChanged',
  ...standing,
  from: 'gold',
  to: 'bronze',
  cause: 'time',
  correction: false,
  trigger: null,
  evidence: [
    { measure: 'spend365', window: 'P365D', value: '570.00', operator: '>=', threshold: '1000.00', met: false },
  ],
  reason: { code: 'missed', en: 'Gold is no longer reached', zh: '不再达到“黄金”' },
  direction: 'down',
  passed: ['silver'],
  fromSinceDay: day('2025-11-24'),
  validUntilDay: day('2027-11-24'),
  reviewDay: null,
  incomplete: true,
  agedOut: [{ factsOfDay: day('2025-11-24'), window: 'P365D' }],
  progress: {
    next: { tier: 'silver', missing: [{ measure: 'spend365', missing: '430.00' }] },
    retain: { byDay: day('2027-11-24'), missing: [{ measure: 'orders', missing: '2' }] },
  },
  playbook: { marketing: { en: 'Send the spring catalogue', zh: '寄送春季目录' }, service: { en: 'Call once' } },
};

export const renewedUnderTest: StandingRenewed = {
  type: 'StandingRenewed',
  ...standing,
  tier: 'gold',
  validUntilDay: day('2028-01-01'),
  evidence: changedUnderTest.evidence,
};

export const expiringUnderTest: Expiring = {
  type: 'Expiring',
  ...standing,
  tier: 'gold',
  to: 'silver',
  withinDays: 30,
  lostOnDay: day('2026-12-24'),
  grace: true,
  progress: {
    next: null,
    retain: { byDay: day('2026-12-24'), missing: [{ measure: 'spend365', missing: '430.00' }] },
  },
};

export const approachingUnderTest: Approaching = {
  type: 'Approaching',
  ...standing,
  tier: 'silver',
  next: 'gold',
  missing: [
    { measure: 'spend365', missing: '43.00' },
    { measure: 'orders', missing: '1' },
  ],
};
