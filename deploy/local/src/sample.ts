/** What `npm start` feeds: the sample year through source topics, or a file of events through `tierctl import`. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { repositoryDir } from './paths.ts';
import { completeJourneySample } from './sample-year/complete-journey-sample.ts';
import { UnmetNeed } from './unmet-need.ts';

export const sampleNames = ['complete-journey', 'online-retail'] as const;
export type SampleName = (typeof sampleNames)[number];

export interface SampleOptions {
  readonly sample?: SampleName;
  readonly events?: string;
  readonly policy?: string;
  readonly currency?: string;
  readonly zone?: string;
}

export interface Deployment {
  readonly policy: string;
  readonly currency: string;
  readonly zone: string;
}

export type Sample =
  | { readonly kind: 'year'; readonly deployment: Deployment }
  | { readonly kind: 'import'; readonly deployment: Deployment; readonly events: string };

/** Events of one's own are imported, as is the online shop. */
export function chooseSample(options: SampleOptions): Sample {
  const { sample, events, policy, currency, zone } = options;
  if (events === undefined && sample !== 'online-retail') {
    if (currency !== undefined || zone !== undefined) {
      throw new UnmetNeed('--currency and --zone are those of your own events: name them by --events FILE.');
    }
    const { policyFile, baseCurrency, zone: shopZone } = completeJourneySample;
    const policyPath = existingFile('--policy', policy ?? policyFile);
    return { kind: 'year', deployment: { policy: policyPath, currency: baseCurrency, zone: shopZone } };
  }
  if (events !== undefined && sample !== undefined) {
    throw new UnmetNeed('--sample and --events name two things to feed: leave one of them out.');
  }
  const file = events ?? join(repositoryDir, 'deploy/samples/online-retail/events.jsonl.gz');
  return {
    kind: 'import',
    events: existingFile('--events', file),
    deployment: {
      policy: existingFile('--policy', policy ?? join(repositoryDir, 'deploy/policies/retail-ladder.yaml')),
      currency: currency ?? 'GBP',
      zone: zone ?? 'UTC',
    },
  };
}

function existingFile(option: string, path: string): string {
  const absolute = resolve(path);
  if (!existsSync(absolute)) throw new UnmetNeed(`${option}: there is no file ${absolute}`);
  return absolute;
}
