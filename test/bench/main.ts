/** `npm run bench`: how many events a second the product folds, and whether the result is the expected one. */
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { localDir } from '@tierflow/local/paths';
import { startServers } from '@tierflow/local/servers/start-servers';
import { runCalibration } from './calibrate.ts';
import { printCalibration } from './calibrate-report.ts';
import { type CpuProfile, profiled } from './cpu-profile.ts';
import { runFoldOnly } from './fold-only.ts';
import { type LatencyRun, runIntake, runLatency } from './front-door.ts';
import { runPipeline } from './pipeline.ts';
import { runRefold } from './refold.ts';
import { printRefold, refoldReport } from './refold-report.ts';
import {
  type BenchReport,
  foldOnlyReport,
  pipelineReport,
  printFrontDoor,
  printProfile,
  printReport,
} from './report.ts';
import { printWhatIf, runWhatIf } from './whatif.ts';

const usage = `npm run bench -- [options]
  --events 1000000      events of the workload; results are known for 1,000,000 and 3,000,000
  --workers 1           tiering processes
  --repeat 1            runs, each in a fresh namespace with cold processes
  --views always|never  whether each commit also writes the readable views (default: always)
  --fold-only           no servers: decode, fold, decide and encode in this process
  --refold              Redis is emptied while a worker runs: the time until it notices, and until the state is there again
  --front-door          intake: foreign records mapped a second, and the time from a source topic to a change of tier
  --calibrate           rank indexes of --customers: the time to find cuts, and what other clients feel of it
  --customers 1000000   of --calibrate
  --whatif              what a policy would change, asked of a live log: time and memory
  --profile             print the functions with the greatest time of their own
  --json                one line of JSON per run instead of a table`;

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    workers: { type: 'string', default: '1' },
    repeat: { type: 'string', default: '1' },
    views: { type: 'string', default: 'always' },
    'fold-only': { type: 'boolean', default: false },
    'front-door': { type: 'boolean', default: false },
    refold: { type: 'boolean', default: false },
    calibrate: { type: 'boolean', default: false },
    customers: { type: 'string', default: '1000000' },
    whatif: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const { events, workers, repeat, customers } = {
  events: Number(values.events),
  workers: Number(values.workers),
  repeat: Number(values.repeat),
  customers: Number(values.customers),
};
const { views } = values;
if (values.help || ![events, workers, repeat, customers].every(isCount) || (views !== 'always' && views !== 'never')) {
  console.error(usage);
  process.exit(values.help ? 0 : 2);
}

const machine = { cores: availableParallelism(), cpu: cpus()[0]?.model ?? 'unknown', node: process.version };
const machineText = `${machine.cores} × ${machine.cpu}, Node ${machine.node}`;
const latencyLoads = [
  { perSecond: 50, seconds: 20 },
  { perSecond: 500, seconds: 20 },
];
let isAsExpected = true;
if (values['fold-only']) await foldOnly(views);
else if (values['front-door']) await frontDoor();
else if (values.refold) await refold(views);
else if (values.calibrate) await calibration();
else if (values.whatif) await whatIf();
else await pipeline(views);
process.exit(isAsExpected ? 0 : 1);

async function foldOnly(views: 'always' | 'never'): Promise<void> {
  for (let run = 0; run < repeat; run++) {
    let profile: CpuProfile | null = null;
    const profiling = async <T>(measured: () => Promise<T>): Promise<T> => {
      const outcome = await profiled(measured);
      profile = outcome.profile;
      return outcome.result;
    };
    const measured = await runFoldOnly(events, views, values.profile ? profiling : undefined);
    show(foldOnlyReport(events, views, measured), profile === null ? [] : [profile]);
  }
}

async function pipeline(views: 'always' | 'never'): Promise<void> {
  // Emptied by the next run, so that the logs of this one can be looked at.
  const workDir = join(localDir, 'bench');
  const servers = await startServers({ dataDir: workDir, reuse: false });
  try {
    for (let run = 1; run <= repeat; run++) {
      const settings = { events, workers, views, profile: values.profile };
      const measured = await runPipeline(servers, `bench-${run}`, settings, workDir);
      show(pipelineReport(settings, measured), measured.profiles);
    }
  } finally {
    await servers.stop();
  }
}

async function refold(views: 'always' | 'never'): Promise<void> {
  const workDir = join(localDir, 'bench');
  const servers = await startServers({ dataDir: workDir, reuse: false });
  try {
    for (let run = 1; run <= repeat; run++) {
      const measured = await runRefold(servers, `bench-refold-${run}`, events, views, workDir);
      const report = refoldReport(views, measured);
      isAsExpected &&= report.verdict !== 'differs';
      if (values.json) console.log(JSON.stringify({ ...report, machine }));
      else printRefold(report, machineText);
    }
  } finally {
    await servers.stop();
  }
}

async function calibration(): Promise<void> {
  const dataDir = join(localDir, 'bench');
  const servers = await startServers({ dataDir, reuse: false, kafka: false, registry: false });
  try {
    for (let run = 1; run <= repeat; run++) {
      const measured = await runCalibration(servers, `bench-calibrate-${run}`, customers);
      isAsExpected &&= measured.tasks.every(({ isExact }) => isExact);
      if (values.json) console.log(JSON.stringify({ mode: 'calibrate', ...measured, machine }));
      else printCalibration(measured, machineText);
    }
  } finally {
    await servers.stop();
  }
}

/** Whether a prediction is right is told by tests; here its counts are printed beside the numbers. */
async function whatIf(): Promise<void> {
  const workDir = join(localDir, 'bench');
  const servers = await startServers({ dataDir: workDir, reuse: false });
  try {
    for (let run = 1; run <= repeat; run++) {
      const measured = await runWhatIf(servers, `bench-whatif-${run}`, events, workDir);
      if (values.json) console.log(JSON.stringify({ mode: 'whatif', ...measured, machine }));
      else printWhatIf(measured, machineText);
    }
  } finally {
    await servers.stop();
  }
}

/** Its runs have no known result to be held to; the counts are printed beside the numbers. */
async function frontDoor(): Promise<void> {
  const workDir = join(localDir, 'bench');
  const servers = await startServers({ dataDir: workDir, reuse: false });
  try {
    for (let run = 1; run <= repeat; run++) {
      const intake = await runIntake(servers, `bench-intake-${run}`, events, workDir);
      const latencies: LatencyRun[] = [];
      for (const load of latencyLoads) {
        latencies.push(await runLatency(servers, `bench-latency-${run}-${load.perSecond}`, load, workDir));
      }
      if (values.json) console.log(JSON.stringify({ mode: 'front-door', intake, latencies, machine }));
      else printFrontDoor(intake, latencies, machineText);
    }
  } finally {
    await servers.stop();
  }
}

function show(report: BenchReport, profiles: readonly CpuProfile[]): void {
  isAsExpected &&= report.verdict !== 'differs';
  if (values.json) console.log(JSON.stringify({ ...report, machine }));
  else printReport(report, machineText);
  if (!values.json) for (const profile of profiles) printProfile(profile);
}

function isCount(number: number): boolean {
  return Number.isSafeInteger(number) && number > 0;
}
