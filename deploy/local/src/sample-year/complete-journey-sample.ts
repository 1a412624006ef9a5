/** Where the sample year is, and the deployment that it is made for. */
import { join } from 'node:path';
import { repositoryDir } from '../paths.ts';
import { shopZone } from './sample-day.ts';

const folder = join(repositoryDir, 'deploy/samples/complete-journey');

export const completeJourneySample = {
  folder,
  sourcesFile: join(folder, 'sources.yaml'),
  expectedFile: join(folder, 'expected.json'),
  policyFile: join(repositoryDir, 'deploy/policies/household-ladder.yaml'),
  zone: shopZone,
  baseCurrency: 'USD',
} as const;
