import type { LogRecord, PolicyPublished } from '@tierflow/customer/events';

/**
 * A record of a log whose every policy is to be another one: each publication and each roll-out is of that one. The cuts
 * that were recorded belong to the policies that went; null: the record goes with them.
 *
 * @param calibration the latest cuts of the policy, which is what a slice comes to that is swept now
 */
export function underPolicy(record: LogRecord, policy: PolicyPublished, calibration: number | null): LogRecord | null {
  const { event } = record;
  const { policyId, version: policyVersion } = policy;
  switch (event.type) {
    case 'PolicyPublished':
      return { ...record, event: policy };
    case 'ThresholdsCalibrated':
      return null;
    case 'RolloutDirected': {
      // From nothing is from nothing; every other policy has become this one.
      const fromVersion = event.fromVersion === 0 ? 0 : policyVersion;
      return { ...record, event: { ...event, policyId, policyVersion, fromVersion } };
    }
    case 'SliceSwept':
      if (event.policyVersion === null) return record;
      return { ...record, event: { ...event, policyId, policyVersion, calibration } };
    default:
      return record;
  }
}
