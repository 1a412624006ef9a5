/** Options that fix a deployment: for `init` as they are written into the log, for checks as they would be. */
import { type Deployment, type DeploymentOptions, parseDeployment } from '@tierflow/config/deployment';
import { CommandFailure } from './command-failure.ts';

const optionNames: Readonly<Record<string, string>> = {
  partitions: '--partitions',
  slices: '--slices',
  zone: '--zone',
  baseCurrency: '--currency',
  horizonDays: '--horizon-days',
};

export const deploymentDefaults = {
  partitions: '4',
  slices: '64',
  zone: 'UTC',
  currency: 'GBP',
  horizonDays: '800',
} as const;

export function readDeployment(options: DeploymentOptions): Deployment {
  const result = parseDeployment(options);
  if (result.ok) return result.deployment;
  const problems = result.problems.map(
    ({ name, found, expected }) => `${optionNames[name] ?? name} is ${found ?? 'not given'}, expected ${expected}`,
  );
  throw new CommandFailure(problems.join('; '), 'see --help', 2);
}

export function wholeNumber(option: string, text: string, least: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least) return value;
  throw new CommandFailure(`${option} is ${JSON.stringify(text)}`, `give a whole number from ${least}`, 2);
}
