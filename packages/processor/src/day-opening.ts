/** Control records that open a log, and a business day in it. The same for every partition. */
import type { Control, EpochDay, LogOpened, PolicyPublished } from '@tierflow/customer/events';

/** Genesis, the first policy, and every slice following it. */
export function logOpening(genesis: LogOpened, policy: PolicyPublished): Control[] {
  return [genesis, policy, sliceFollow(genesis.slices, policy, 1)];
}

/** All slices follow a policy from here on. */
export function sliceFollow(slices: number, policy: PolicyPublished, rolloutSeq: number): Control {
  const { policyId, version: policyVersion } = policy;
  return {
    type: 'SliceSwept',
    fromSlice: 0,
    toSlice: slices - 1,
    mode: 'all',
    rolloutSeq,
    policyId,
    policyVersion,
    calibration: null,
  };
}

/**
 * The clock moves to the day, then everybody whose numbers change by that alone is evaluated. A sweep is one step of the
 * fold, so a large population is swept by several, each over some of the slices.
 */
export function dayOpening(day: EpochDay, slices: number, slicesPerSweep = slices): Control[] {
  const records: Control[] = [{ type: 'ClockTicked', day }];
  for (let fromSlice = 0; fromSlice < slices; fromSlice += slicesPerSweep) {
    const toSlice = Math.min(fromSlice + slicesPerSweep, slices) - 1;
    records.push({
      type: 'SliceSwept',
      fromSlice,
      toSlice,
      mode: 'due',
      rolloutSeq: null,
      policyId: null,
      policyVersion: null,
      calibration: null,
    });
  }
  return records;
}
