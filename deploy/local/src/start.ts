/** `npm start`: servers, services and the sample, from nothing to a report. Ctrl-C ends all of it. */
import { join } from 'node:path';
import { type Language, languageOption } from '@tierflow/tierctl/language';
import { Command, Option } from 'commander';
import { importSample } from './import-sample.ts';
import { localDir } from './paths.ts';
import { ProgramFailed } from './processes/run-to-end.ts';
import { openProgress } from './progress.ts';
import { chooseSample, type Sample, type SampleOptions, sampleNames } from './sample.ts';
import { SampleRun } from './sample-run.ts';
import { startNeededServers } from './start-needed-servers.ts';
import { UnmetNeed } from './unmet-need.ts';
import { YearRun } from './year-run.ts';

interface StartOptions extends SampleOptions {
  readonly exit: boolean;
  readonly json: boolean;
  readonly lang: Language;
}

const signalNumbers = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

const program = new Command('npm start --')
  .description('Start tierflow on this machine, feed it a year of customers, and report the tiers.')
  .option('--exit', 'end when the report is printed', false)
  .option('--json', 'print the report as one JSON document', false)
  .addOption(languageOption('the report'))
  .addOption(
    new Option('--sample <name>', 'what is fed: a year through source topics, or an online shop by import').choices(
      sampleNames,
    ),
  )
  .option('--events <file>', 'import these events instead (JSON lines, may be gzipped)')
  .option('--policy <file>', "policy to publish, instead of the sample's")
  .option('--currency <code>', 'base currency of your own events (default: GBP)')
  .option('--zone <name>', 'time zone of your own events, whose midnights part the business days (default: UTC)')
  .addHelpText(
    'after',
    `
Examples:
  npm start                                   the sample year, its report, then a new day every few seconds until Ctrl-C
  npm start -- --lang zh                      the same in Chinese
  npm start -- --exit --json > report.json    one report as JSON, then stop everything
  npm start -- --policy my-policy.yaml        the same year under another policy
  npm start -- --sample online-retail         a British online shop, imported from a file

Servers are started here unless KAFKA_BROKERS, REDIS_URL or SCHEMA_REGISTRY_URL name one that runs already.
TIERFLOW_KAFKA_PORT, TIERFLOW_REDIS_PORT and TIERFLOW_REGISTRY_PORT choose their ports, TIERFLOW_CACHE_DIR the folder of
the downloads. Data and logs are in .local/.`,
  );

async function start(options: StartOptions): Promise<number> {
  const sample = chooseSample(options);
  const interrupted = nextSignal();
  const started = new Started();
  const work = startAll(started, sample, options);
  // Stopping makes the interrupted work fail, and nobody waits for it any more.
  work.catch(() => {});
  try {
    const outcome = await Promise.race([work, interrupted]);
    if (typeof outcome === 'number') return outcome;
    // While everything runs Ctrl-C is the regular end, before that it cuts something short.
    return started.isComplete ? 0 : 128 + signalNumbers[outcome];
  } finally {
    await started.stop();
  }
}

/** What there is to stop, at any moment. */
class Started {
  /** The report is out. */
  isComplete = false;
  readonly #stops: (() => Promise<void>)[] = [];

  add<T extends { stop(): Promise<void> }>(thing: T): T {
    this.#stops.push(() => thing.stop());
    return thing;
  }

  /** In reverse order: nothing loses what it stands on. */
  async stop(): Promise<void> {
    for (const stop of this.#stops.reverse()) await stop();
  }
}

async function startAll(started: Started, sample: Sample, { exit, json, lang }: StartOptions): Promise<number> {
  const progress = openProgress();
  const logDir = join(localDir, 'logs');
  const servers = started.add(await startNeededServers(join(localDir, 'data'), logDir, progress));
  const run = started.add(new SampleRun(servers, logDir, progress, lang));
  await run.prepare(sample.deployment);
  if (sample.kind === 'import') {
    await importSample(run, sample.events, { json, lang });
    started.isComplete = true;
    if (exit) return 0;
    progress.note(run.invitation());
    return run.serviceFailure;
  }
  const year = started.add(new YearRun(run, servers, progress, lang));
  const failure = run.serviceFailure;
  const failed = await Promise.race([year.run(), failure]);
  if (failed !== undefined) return failed;
  await year.report(json);
  started.isComplete = true;
  if (exit) return 0;
  progress.note(run.invitation());
  return Promise.race([year.goOn(), failure]);
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
