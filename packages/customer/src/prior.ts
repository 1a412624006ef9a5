/** What a customer was before a roll-out reached it. */
import type { Customer, Prior, Standing } from './customer.ts';

/** A copy, because standings are changed in place. */
export function priorOf({ policyVersion, evaluatedDay, standings, overrides }: Customer, rolloutSeq: number): Prior {
  return { rolloutSeq, policyVersion, day: evaluatedDay, standings: standings.map(copyOf), overrides };
}

function copyOf({ program, tier, sinceDay, held, warned }: Standing): Standing {
  return {
    program,
    tier,
    sinceDay,
    held: held === null ? null : { ...held },
    warned: warned === null ? null : { ...warned },
  };
}
