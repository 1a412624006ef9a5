/** The negative control: tiering as it must not be, and the faults under which that shows soonest. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ChaosSettings } from './chaos-run.ts';

/** @param minutes at the most: it ends as soon as it is found out */
export function weakenedSettings(minutes: number, seed: number): ChaosSettings {
  return {
    minutes,
    seed,
    kinds: ['repeatEndTxn', 'resetConnections', 'closeWay', 'loseAnswers', 'cutMidFrame'],
    duplicatedShare: 0.5,
    faultMsMax: 1500,
    endsAtViolation: true,
    preload: pathToFileURL(join(import.meta.dirname, 'weakening-hook.ts')).href,
  };
}
