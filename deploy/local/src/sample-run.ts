/** The sample's run through the product's own programs: tierctl prepares, feeds and asks; tiering and exporter work. */
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

  /** Until the last event is folded and its changes are published. What tierctl says here is for people alone. */
  async importEvents(events: string): Promise<void> {
    const startedAt = performance.now();
    await this.#tierctl(['import', '--mode', 'history', events], process.stderr.fd);
    await this.#tierctl(['await'], process.stderr.fd);
    this.#seconds = (performance.now() - startedAt) / 1000;
  }

  async report(json: boolean): Promise<void> {
    const form = json ? ['--json'] : [];
    await this.#tierctl(['report', '--seconds', this.#seconds.toFixed(1), ...form], process.stdout.fd);
    this.#isComplete = true;
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
