/** Time as a worker uses it: to wait, never to decide anything. A port, so that the simulator decides who waits longest. */
import { setTimeout as delay } from 'node:timers/promises';

export interface Pacing {
  /** Milliseconds from any beginning. */
  now(): number;
  /** Ends early, and without an error, when the signal is given. */
  pause(durationMs: number, signal?: AbortSignal): Promise<void>;
}

export const pacing: Pacing = {
  now: () => performance.now(),
  pause: (durationMs, signal) => delay(durationMs, undefined, signal === undefined ? {} : { signal }).catch(() => {}),
};
