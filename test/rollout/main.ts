/** `npm run rollout`: a policy is rolled out, back, and out again under load, and says what the customers felt of it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startServers } from '@tierflow/local/servers/start-servers';
import { UnmetNeed } from '@tierflow/local/unmet-need';
import { carryOut } from './carry-out.ts';
import { describeReport } from './report.ts';

const usage = `npm run rollout -- [options]
  --customers 50000    imported before the load begins
  --rate 1000          facts a second, of customers at random, all the time
  --calm 20            seconds of load before anything is rolled out
  --kills              tiering and the conductor are killed in every stage; the goal for waits does not hold then
  --seed 1             what flows, and who is killed when
  --json FILE          also writes the report to FILE, for machines
  --help

Servers and processes are its own; it takes two processor cores and about 3 GB. Exit code 1: something was lost, doubled,
not restored or different, or an event waited for more than a second while a policy was rolled out or back.

Examples:
  npm run rollout
  npm run rollout -- --kills --seed 7
  npm run rollout -- --customers 200000 --json rollout.json`;

const { values } = parseArgs({
  options: {
    customers: { type: 'string', default: '50000' },
    rate: { type: 'string', default: '1000' },
    calm: { type: 'string', default: '20' },
    kills: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const customers = Number(values.customers);
const eventsPerSecond = Number(values.rate);
const calmSeconds = Number(values.calm);
const seed = Number(values.seed);
const isCount = (number: number) => Number.isSafeInteger(number) && number > 0;
if (values.help || ![customers, eventsPerSecond, calmSeconds].every(isCount) || !Number.isSafeInteger(seed)) {
  console.error(usage);
  process.exit(values.help ? 0 : 2);
}

// Guards end the servers and processes of an owner that is gone.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

const dataDir = mkdtempSync(join(tmpdir(), 'tierflow-rollout-'));
process.once('exit', () => rmSync(dataDir, { recursive: true, force: true }));
const startedAt = performance.now();
try {
  const servers = await startServers({ dataDir, reuse: false });
  const settings = { customers, eventsPerSecond, calmSeconds, seed, kills: values.kills, onStep: showStep };
  const { run, report } = await carryOut(servers, settings);
  console.log(describeReport(report));
  if (values.json !== undefined) writeFileSync(resolve(values.json), `${JSON.stringify(report, null, 2)}\n`);
  if (!report.ok) {
    run.pipeline.keepFolder();
    console.error(repetition());
  }
  await run.close();
  await servers.stop();
  process.exit(report.ok ? 0 : 1);
} catch (error) {
  console.error(error instanceof UnmetNeed ? error.message : error);
  console.error(repetition());
  process.exit(1);
}

function showStep(step: string): void {
  console.error(`${((performance.now() - startedAt) / 1000).toFixed(0).padStart(4)} s  ${step}`);
}

function repetition(): string {
  const sizes = `--customers ${customers} --rate ${eventsPerSecond} --calm ${calmSeconds}`;
  return `Repeat: npm run rollout -- ${sizes} --seed ${seed}${values.kills ? ' --kills' : ''}`;
}
