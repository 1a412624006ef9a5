/** `npm run rollout`: a policy is changed under load, and it is measured who had to wait. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startServers } from '@tierflow/local/servers/start-servers';
import { UnmetNeed } from '@tierflow/local/unmet-need';
import { describeReport, reportOf } from './report.ts';
import { RolloutRun } from './rollout-run.ts';
import { judge } from './verdict.ts';

const usage = `npm run rollout -- [options]
  --customers 50000   who are there before the load begins
  --rate 1000         events a second
  --calm 20           seconds of load before the first directive and after the last
  --kills             conductors and workers are killed meanwhile and come back
  --seed 1            who buys, and who is killed when
  --json              one line of JSON instead of the table
  --help

Servers and processes are its own. Exit code 1: something was lost, doubled or changed, or, without --kills, an event
waited for more than a second.

Examples:
  npm run rollout
  npm run rollout -- --kills --seed 7
  npm run rollout -- --customers 200000 --rate 2000 --json`;

const waitMsMax = 1000;

const { values } = parseArgs({
  options: {
    customers: { type: 'string', default: '50000' },
    rate: { type: 'string', default: '1000' },
    calm: { type: 'string', default: '20' },
    kills: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const [customers, eventsPerSecond, calmSeconds, seed] = [values.customers, values.rate, values.calm, values.seed].map(
  Number,
) as [number, number, number, number];
if (
  values.help ||
  ![customers, eventsPerSecond, calmSeconds, seed].every(number => Number.isFinite(number) && number >= 0)
) {
  console.error(usage);
  process.exit(values.help ? 0 : 2);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
const dataDir = mkdtempSync(join(tmpdir(), 'tierflow-rollout-'));
process.once('exit', () => rmSync(dataDir, { recursive: true, force: true }));

try {
  const servers = await startServers({ dataDir, reuse: false });
  const settings = { customers, eventsPerSecond, calmSeconds, seed, kills: values.kills };
  const run = await RolloutRun.open(servers, { ...settings, onStep: step => console.error(`… ${step}`) });
  await run.carryOut();
  const report = reportOf(run, await judge(run));
  console.log(values.json ? JSON.stringify(report) : describeReport(report));
  const slowest = Math.max(...Object.values(report.verdict.waits).map(waits => waits?.maxMs ?? 0));
  const isSlow = !values.kills && slowest > waitMsMax;
  if (isSlow) console.error(`An event waited for ${slowest} ms.`);
  if (!report.ok) run.pipeline.keepFolder();
  await run.close();
  await servers.stop();
  process.exit(report.ok && !isSlow ? 0 : 1);
} catch (error) {
  console.error(error instanceof UnmetNeed ? error.message : error);
  process.exit(1);
}
