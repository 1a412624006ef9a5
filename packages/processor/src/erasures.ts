/**
 * Who was forgotten, so that the past stays out. Only what was under way when a customer was forgotten can still come: an
 * intake that writes again what it had written, a source that lags. So the list is short, and it holds hashes, because an
 * id is what was to be forgotten.
 */
import type { EpochDay } from '@tierflow/customer/events';
import { type Hash64, hash64 } from '@tierflow/window/hash';

/** How long a forgotten customer's past is kept out, in log days, and of how many customers at the most. */
const forgottenDays = 30;
const forgottenMax = 2000;

interface Erasure {
  /** Epoch milliseconds: what happened up to here stays forgotten. */
  readonly untilMs: number;
  readonly day: EpochDay;
}

/** By hash of the customer's id. */
export type ErasuresSnapshot = Readonly<Record<string, Erasure>>;

export class Erasures {
  private readonly erasures = new Map<string, Erasure>();

  restore(snapshot: ErasuresSnapshot): void {
    for (const [hash, erasure] of Object.entries(snapshot)) this.erasures.set(hash, erasure);
  }

  snapshot(): ErasuresSnapshot {
    return Object.fromEntries(this.erasures);
  }

  /** What happened to the customer up to the instant is forgotten, also what comes only later. */
  add(customerId: string, untilMs: number, day: EpochDay): void {
    const hash = hashOf(customerId);
    const known = this.erasures.get(hash);
    this.erasures.delete(hash);
    this.erasures.set(hash, {
      untilMs: Math.max(untilMs, known?.untilMs ?? untilMs),
      day: Math.max(day, known?.day ?? day),
    });
    if (this.erasures.size > forgottenMax) this.erasures.delete(this.erasures.keys().next().value!);
  }

  covers(customerId: string, occurredAt: number): boolean {
    // Almost always nobody is: no fact pays for a hash then.
    if (this.erasures.size === 0) return false;
    const erasure = this.erasures.get(hashOf(customerId));
    return erasure !== undefined && occurredAt <= erasure.untilMs;
  }

  tick(day: EpochDay): void {
    for (const [hash, erasure] of this.erasures) if (erasure.day + forgottenDays < day) this.erasures.delete(hash);
  }
}

const scratch: Hash64 = { high: 0, low: 0 };

function hashOf(customerId: string): string {
  hash64(scratch, customerId);
  return `${scratch.high.toString(36)}-${scratch.low.toString(36)}`;
}
