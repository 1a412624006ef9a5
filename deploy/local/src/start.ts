/** `npm start`: servers, services and the sample, from nothing to a report. Ctrl-C ends all of it. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { localDir, repositoryDir } from './paths.ts';
import { ProgramFailed } from './processes/run-to-end.ts';
import { openProgress, type Progress } from './progress.ts';
import { SampleRun } from './sample-run.ts';
import { type ServerUrls, startNeededServers } from './start-needed-servers.ts';
import { UnmetNeed } from './unmet-need.ts';

interface StartOptions {
  readonly exit: boolean;
  readonly json: boolean;
  readonly events: string;
  readonly policy: string;
  readonly currency: string;
  readonly zone: string;
}

const signalNumbers = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

const program = new Command('npm start --')
  .description('Start tierflow on this machine, feed it a sample of customer events, and report the tiers.')
  .option('--exit', 'end when the report is printed', false)
  .option('--json', 'print the report as one JSON document', false)
  .option('--events <file>', 'events to import (JSON lines, may be gzipped)', sample('online-retail/events.jsonl.gz'))
  .option('--policy <file>', 'policy to publish', join(repositoryDir, 'deploy/policies/retail-ladder.yaml'))
  .option('--currency <code>', 'base currency of the events', 'GBP')
  .option('--zone <name>', 'time zone whose midnights part the business days', 'UTC')
  .addHelpText(
    'after',
    `
Examples:
  npm start                                   start, report, and stay until Ctrl-C
  npm start -- --exit --json > report.json    one report as JSON, then stop everything
  npm start -- --policy my-policy.yaml        the same events under another policy

Servers are started here unless KAFKA_BROKERS, REDIS_URL or SCHEMA_REGISTRY_URL name one that runs already.
TIERFLOW_KAFKA_PORT, TIERFLOW_REDIS_PORT and TIERFLOW_REGISTRY_PORT choose their ports, TIERFLOW_CACHE_DIR the folder of
the downloads. Data and logs are in .local/.`,
  );

function sample(path: string): string {
  return join(repositoryDir, 'deploy/samples', path);
}

async function start(options: StartOptions): Promise<number> {
  const events = existingFile('--events', options.events);
  const policy = existingFile('--policy', options.policy);
  const progress = openProgress();
  const interrupted = nextSignal();

  const started: Started = { servers: null, run: null };
  const work = startAll(started, events, policy, options, progress);
  // Stopping makes the interrupted work fail, and nobody waits for it any more.
  work.catch(() => {});
  try {
    const outcome = await Promise.race([work, interrupted]);
    if (typeof outcome === 'number') return outcome;
    // While everything runs Ctrl-C is the regular end, before that it cuts something short.
    return started.run?.isComplete ? 0 : 128 + signalNumbers[outcome];
  } finally {
    await started.run?.stop();
    await started.servers?.stop();
  }
}

/** What there is to stop, at any moment. */
interface Started {
  servers: ServerUrls | null;
  run: SampleRun | null;
}

async function startAll(
  started: Started,
  events: string,
  policy: string,
  options: StartOptions,
  progress: Progress,
): Promise<number> {
  const logDir = join(localDir, 'logs');
  started.servers = await startNeededServers(join(localDir, 'data'), logDir, progress);
  const run = new SampleRun(started.servers, logDir, progress);
  started.run = run;
  await run.prepare({ policy, currency: options.currency, zone: options.zone });
  await run.startServices();
  await run.importEvents(events);
  await run.report(options.json);
  if (options.exit) return 0;
  progress.note(run.invitation());
  return run.firstServiceFailure();
}

function existingFile(option: string, path: string): string {
  const absolute = resolve(path);
  if (!existsSync(absolute)) throw new UnmetNeed(`${option}: there is no file ${absolute}`);
  return absolute;
}

/** A second signal ends this process at once; the guards of its children then end them. */
function nextSignal(): Promise<keyof typeof signalNumbers> {
  return new Promise(resolveSignal => {
    let received = false;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (received) process.exit(128 + signalNumbers[signal]);
        received = true;
        resolveSignal(signal);
      });
    }
  });
}

program.action(async (options: StartOptions) => {
  try {
    process.exit(await start(options));
  } catch (error) {
    const expected = error instanceof UnmetNeed || error instanceof ProgramFailed;
    console.error(expected ? error.message : error);
    process.exit(1);
  }
});
await program.parseAsync();
