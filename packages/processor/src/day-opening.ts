/** Control records that open a log, and a business day in it. The same for every partition. */
import type { Control, EpochDay, LogOpened, PolicyPublished } from '@tierflow/customer/events';

/** Genesis, the first policy, and every slice following it. */
export function logOpening(genesis: LogOpened, policy: PolicyPublished): Control[] {
  return [genesis, policy, sliceFollow(genesis.slices, policy, 1)];
}

/** All slices follow a policy from here on. */
export function sliceFollow(slices: number, policy: PolicyPublished, rolloutSeq: number): Control {
  const { policyId, version: policyVersion } = policy;
  return { type: 'SliceSwept', fromSlice: 0, toSlice: slices - 1, mode: 'all', rolloutSeq, policyId, policyVersion };
}

/** The clock moves to the day, then everybody whose numbers change by that alone is evaluated. */
export function dayOpening(day: EpochDay, slices: number): Control[] {
  return [
    { type: 'ClockTicked', day },
    {
      type: 'SliceSwept',
      fromSlice: 0,
      toSlice: slices - 1,
      mode: 'due',
      rolloutSeq: null,
      policyId: null,
      policyVersion: null,
    },
  ];
}
