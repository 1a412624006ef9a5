/**
 * What `tierctl init` fixes for the life of a namespace. The first record of every partition carries it; another value
 * is another namespace, rebuilt from the log. So nothing here is guessed: the base currency has no default.
 */
import type { LogOpened } from '@tierflow/customer/events';
import * as z from 'zod';
import { isTimeZone } from './business-day.ts';
import { currencyDigits } from './currency.ts';
import type { SettingProblem } from './setting-problem.ts';

export interface Deployment {
  readonly partitions: number;
  readonly slices: number;
  /** IANA name of the time zone whose midnights part the business days. */
  readonly zone: string;
  readonly baseCurrency: string;
  readonly baseCurrencyDigits: number;
  readonly horizonDays: number;
}

/** As a command line gives them: numbers may be text. */
export type DeploymentOptions = {
  readonly [K in 'partitions' | 'slices' | 'zone' | 'baseCurrency' | 'horizonDays']?: string | number | undefined;
};

export type DeploymentResult =
  | { readonly ok: true; readonly deployment: Deployment }
  | { readonly ok: false; readonly problems: readonly SettingProblem[] };

const expectations: Record<string, string> = {
  partitions: 'a whole number from 1 to 1024',
  slices: 'a whole number from 1 to 4096',
  zone: 'an IANA time zone, e.g. UTC or Europe/Berlin',
  baseCurrency: 'an ISO 4217 code in capitals, e.g. GBP',
  horizonDays: 'a whole number from 32 to 4000',
};

const schema = z.strictObject({
  partitions: wholeNumber(1, 1024).default(4),
  slices: wholeNumber(1, 4096).default(64),
  zone: z.string().refine(isTimeZone).default('UTC'),
  baseCurrency: z.string().refine(code => currencyDigits(code) !== null),
  horizonDays: wholeNumber(32, 4000).default(800),
});

export function parseDeployment(options: DeploymentOptions): DeploymentResult {
  const parsed = schema.safeParse(options);
  if (parsed.success) {
    const baseCurrencyDigits = currencyDigits(parsed.data.baseCurrency)!;
    return { ok: true, deployment: Object.freeze({ ...parsed.data, baseCurrencyDigits }) };
  }
  const found = new Map<string, unknown>(Object.entries(options));
  const problems = parsed.error.issues
    .flatMap(issue => (issue.code === 'unrecognized_keys' ? issue.keys : [String(issue.path[0])]))
    .map(name => ({
      name,
      found: found.get(name) === undefined ? null : JSON.stringify(found.get(name)),
      expected: expectations[name] ?? `one of ${Object.keys(expectations).join(', ')}`,
    }));
  return { ok: false, problems };
}

/** The genesis record. The log's id is drawn once by whoever opens the log. */
export function openLog(deployment: Deployment, namespace: string, logId: string): LogOpened {
  return { type: 'LogOpened', logId, namespace, ...deployment };
}

function wholeNumber(least: number, most: number) {
  return z
    .union([
      z.int(),
      z
        .string()
        .regex(/^\d{1,6}$/)
        .transform(Number),
    ])
    .refine(value => value >= least && value <= most);
}
