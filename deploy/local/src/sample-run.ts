/** The sample's run through the product's own programs: tierctl prepares, feeds and asks; tiering and exporter work. */
import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryDir } from './paths.ts';
import { recordsDirOf } from './processes/data-folder.ts';
import { OwnedProcess } from './processes/owned-process.ts';
import { ProgramFailed, runToEnd } from './processes/run-to-end.ts';
import { inStep, type Progress } from './progress.ts';
import { loopback, randomPort } from './servers/ports.ts';
import type { ServerUrls } from './start-needed-servers.ts';

const namespace = 'sample';
const serviceTimeoutMs = 120_000;
const nodeOptions = ['--disable-warning=TimeoutNegativeWarning'];
const tierctl = join(repositoryDir, 'services/tierctl/src/main.ts');

export interface SampleSettings {
  readonly policy: string;
  readonly currency: string;
  readonly zone: string;
}

/** What `tierctl import --json` says. */
interface ImportSummary {
  readonly read: number;
  readonly written: number;
  readonly rejected: Readonly<Record<string, number>>;
  readonly days: number;
}

/** What `tierctl report --json` says, as far as it is looked at here. */
interface Report {
  readonly events: Readonly<Record<string, number>> & { readonly rejected: number };
}

interface Service {
  readonly process: OwnedProcess;
  readonly metricsUrl: string;
}

export class SampleRun {
  readonly #servers: ServerUrls;
  readonly #logDir: string;
  readonly #progress: Progress;
  readonly #environment: NodeJS.ProcessEnv;
  #services: Service[] = [];
  #seconds = 0;
  #imported: ImportSummary = { read: 0, written: 0, rejected: {}, days: 0 };
  #isComplete = false;
  #isStopping = false;

  constructor(servers: ServerUrls, logDir: string, progress: Progress) {
    this.#servers = servers;
    this.#logDir = logDir;
    this.#progress = progress;
    this.#environment = {
      ...process.env,
      KAFKA_BROKERS: servers.kafkaBrokers,
      REDIS_URL: servers.redisUrl,
      SCHEMA_REGISTRY_URL: servers.schemaRegistryUrl,
      TIERFLOW_NAMESPACE: namespace,
    };
  }

  /** The report is out and the services are at work. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Begins anew each time: what an earlier run left in the sample's namespace would count into this one's report. */
  async prepare({ policy, currency, zone }: SampleSettings): Promise<void> {
    const init = ['init', '--fresh', '--yes', '--policy', policy, '--currency', currency, '--zone', zone];
    await inStep(this.#progress, 'Preparing topics, schemas and policy', () =>
      runToEnd({ command: process.execPath, args: [...nodeOptions, tierctl, ...init], env: this.#environment }),
    );
  }

  async startServices(): Promise<void> {
    const starts = [
      this.#startService('tiering-1', 'services/tiering/src/main.ts'),
      this.#startService('tiering-2', 'services/tiering/src/main.ts'),
      this.#startService('exporter', 'services/exporter/src/main.ts'),
    ];
    for (const outcome of await Promise.allSettled(starts)) if (outcome.status === 'rejected') throw outcome.reason;
  }

  /** Until the last event is folded and its changes are published. */
  async importEvents(events: string): Promise<void> {
    const startedAt = performance.now();
    this.#imported = (await this.#askTierctl(['import', '--mode', 'history', events])) as ImportSummary;
    await this.#tierctl(['await'], process.stderr.fd);
    this.#seconds = (performance.now() - startedAt) / 1000;
    const { read, written, days } = this.#imported;
    this.#progress.note(`${read} lines read, ${this.#refused} of them rejected; ${written} events on ${days} days`);
    for (const [reason, lines] of Object.entries(this.#imported.rejected)) this.#progress.note(`  ${reason}: ${lines}`);
  }

  async report(json: boolean): Promise<void> {
    const args = ['report', '--seconds', this.#seconds.toFixed(1)];
    if (json) {
      const { events, ...rest } = (await this.#askTierctl(args)) as Report;
      // The fold knows nothing of the lines that were refused before the log.
      const counted = { read: this.#imported.read, ...events, rejected: events.rejected + this.#refused };
      process.stdout.write(`${JSON.stringify({ events: counted, ...rest }, null, 2)}\n`);
    } else {
      await this.#tierctl(args, process.stdout.fd);
    }
    this.#isComplete = true;
  }

  get #refused(): number {
    return Object.values(this.#imported.rejected).reduce((sum, lines) => sum + lines, 0);
  }

  invitation(): string {
    const { kafkaBrokers, redisUrl, schemaRegistryUrl } = this.#servers;
    const metrics = this.#services.map(({ process: { name }, metricsUrl }) => `  ${name.padEnd(17)}${metricsUrl}`);
    return [
      '',
      'tierflow is running. Ctrl-C stops it.',
      `  Kafka            ${kafkaBrokers}`,
      `  Redis            ${redisUrl}`,
      `  Schema registry  ${schemaRegistryUrl}`,
      ...metrics,
      `  Logs             ${this.#logDir}`,
      '',
      'Ask it from another terminal:',
      `  export KAFKA_BROKERS=${kafkaBrokers} REDIS_URL=${redisUrl} \\`,
      `    SCHEMA_REGISTRY_URL=${schemaRegistryUrl} TIERFLOW_NAMESPACE=${namespace}`,
      '  npm run --silent tierctl -- report',
      '  npm run --silent tierctl -- --help',
    ].join('\n');
  }

  /** Waits for the first service that ends by itself, which none should. */
  async firstServiceFailure(): Promise<number> {
    const failed = await Promise.race(this.#services.map(({ process }) => process.exited.then(() => process)));
    if (!this.#isStopping) {
      this.#progress.note(`${failed.name} ended unexpectedly. The end of ${failed.logFile}:\n${failed.logTail()}`);
    }
    return 1;
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.#services.map(({ process }) => process.stop()));
  }

  async #startService(name: string, program: string): Promise<void> {
    await inStep(this.#progress, `Starting ${name}`, async () => {
      const port = await randomPort();
      const service = await OwnedProcess.start({
        name,
        command: process.execPath,
        args: [...nodeOptions, join(repositoryDir, program)],
        env: { ...this.#environment, METRICS_PORT: String(port) },
        logFile: join(this.#logDir, `${name}.log`),
        recordsDir: recordsDirOf(this.#servers.dataDir),
      });
      this.#services.push({ process: service, metricsUrl: `http://${loopback}:${port}/metrics` });
      await service.ready(() => answers(`http://${loopback}:${port}/readyz`), serviceTimeoutMs);
    });
  }

  /** Its standard output is one JSON document; its progress goes where ours goes. */
  async #askTierctl(args: readonly string[]): Promise<unknown> {
    const outputFile = join(tmpdir(), `tierflow-output-${randomUUID()}`);
    const output = openSync(outputFile, 'wx', 0o600);
    try {
      await this.#tierctl([...args, '--json'], output);
      return JSON.parse(readFileSync(outputFile, 'utf8'));
    } finally {
      closeSync(output);
      rmSync(outputFile, { force: true });
    }
  }

  async #tierctl(args: readonly string[], stdout: number): Promise<void> {
    const run = { command: process.execPath, args: [...nodeOptions, tierctl, ...args] };
    const child = await OwnedProcess.start({
      ...run,
      name: 'tierctl',
      env: { ...this.#environment, METRICS_URLS: this.#services.map(({ metricsUrl }) => metricsUrl).join(',') },
      logFile: join(this.#logDir, 'tierctl.log'),
      stdio: ['ignore', stdout, 'inherit'],
    });
    const { code, signal } = await child.exited;
    // Its own message stands right above.
    if (code !== 0) throw new ProgramFailed(run, signal === null ? `failed (${code})` : `was ended (${signal})`, '');
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
