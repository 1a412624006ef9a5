import { writeFileSync } from 'node:fs';
import type { Deployment } from '@tierflow/config/deployment';
import type { EpochDay, PolicyPublished } from '@tierflow/customer/events';
import type { BacktestLog } from '../backtest/backtest-log.ts';
import { openEventFile } from '../backtest/open-event-file.ts';
import { CommandFailure } from '../command-failure.ts';
import { withConnections } from '../connections.ts';
import type { Language } from '../language.ts';
import { readPolicyFile } from '../policy-file.ts';
import { startProgress } from '../progress.ts';
import { liveLog } from './live-log.ts';
import { predict } from './predict.ts';
import type { Prediction } from './prediction.ts';

export interface WhatIfOptions {
  /** Path of the policy in question. */
  readonly policy: string;
  /** Path of an exported log or of canonical events; null: the log of the namespace. */
  readonly from: string | null;
  readonly namespace: string | undefined;
  /** With canonical events: path of the policy now. */
  readonly active: string | null;
  /** For canonical events. */
  readonly deployment: Deployment;
  readonly asOf: EpochDay | null;
  readonly losersMost: number;
  readonly out: string | null;
  readonly svg: string | null;
  readonly language: Language;
}

export async function runWhatIf(options: WhatIfOptions): Promise<Prediction> {
  const prediction = options.from === null ? await fromLiveLog(options) : await fromFile(options, options.from);
  if (options.svg !== null) {
    // Drawing needs a large library, which nobody else is to wait for.
    const { drawPrediction } = await import('./draw-prediction.ts');
    writeFileSync(options.svg, drawPrediction(prediction, options.language));
  }
  return prediction;
}

async function fromLiveLog(options: WhatIfOptions): Promise<Prediction> {
  if (options.active !== null) {
    const remedy = 'leave --active out, or name a file of canonical events by --from';
    throw new CommandFailure('the log has its own policies', remedy, 2);
  }
  return withConnections({ namespace: options.namespace }, async connections => {
    const genesis = await connections.genesis();
    // A policy that cannot be used is told before the log is read.
    const candidate = readPolicyFile(options.policy, genesis).published;
    const log = await liveLog(connections, genesis, options.asOf);
    return predicted(options, candidate, log, { total: log.totalOffsets, done: log.offsetsRead });
  });
}

async function fromFile(options: WhatIfOptions, events: string): Promise<Prediction> {
  const file = await openEventFile({
    ...options,
    events,
    policy: options.active,
    policyOption: '--active',
    replaces: false,
  });
  const candidate = readPolicyFile(options.policy, file.log.genesis).published;
  return predicted(options, candidate, file.log, { total: file.totalBytes, done: file.bytesRead });
}

async function predicted(
  { out, losersMost, language }: WhatIfOptions,
  candidate: PolicyPublished,
  log: BacktestLog,
  { total, done }: { readonly total: number | null; readonly done: () => number },
): Promise<Prediction> {
  const progress = startProgress('Folding', total);
  try {
    return await predict({
      log,
      candidate,
      out,
      losersMost,
      language,
      onProgress: records => progress.update(done(), `${records} records`),
    });
  } finally {
    progress.end();
  }
}
