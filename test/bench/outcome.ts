/** What a run has emitted, boiled down to sums that any system under this workload must agree on. */
import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { TierRecord } from '@tierflow/customer/changes';
import { parseDecimal } from '@tierflow/customer/decimal';

export interface Outcome {
  readonly outputs: number;
  /** Σ crc32(customerId|from|to|eventId) */
  readonly checksum: number;
  /** Σ crc32(customerId|from|to|eventId|at|spend365) */
  readonly checksumFull: number;
}

export interface ExpectedOutcome extends Outcome {
  readonly events: number;
  readonly customers: number;
}

export const workloadSeed = 42;

/** undefined: nobody has computed it for this number of events. */
export function expectedOutcome(events: number): ExpectedOutcome | undefined {
  const known: { results: ExpectedOutcome[] } = JSON.parse(
    readFileSync(new URL('expected.json', import.meta.url), 'utf8'),
  );
  return known.results.find(result => result.events === events);
}

export class OutcomeSum {
  private outputs = 0;
  private checksum = 0;
  private checksumFull = 0;

  add(record: TierRecord): void {
    if (record.type !== 'TierChanged')
      throw new Error(`A ${record.type}, though the policy has no guards or warnings.`);
    const { customerId, from, to, trigger, evidence } = record;
    if (trigger === null) throw new Error(`A change of ${customerId} has no trigger, though the log has no ticks.`);
    const spend = evidence.find(({ measure }) => measure === 'spend365')?.value;
    const spendMinor = parseDecimal(spend ?? '', 2);
    const line = `${customerId}|${from ?? 'none'}|${to ?? 'none'}|${trigger.eventId}`;
    this.outputs++;
    this.checksum += crc32(line);
    this.checksumFull += crc32(`${line}|${trigger.occurredAt}|${spendMinor}`);
  }

  get result(): Outcome {
    const { outputs, checksum, checksumFull } = this;
    return { outputs, checksum, checksumFull };
  }
}

export function agrees(found: Outcome, expected: Outcome): boolean {
  return (
    found.outputs === expected.outputs &&
    found.checksum === expected.checksum &&
    found.checksumFull === expected.checksumFull
  );
}
