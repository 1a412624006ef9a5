/** A sample's run through the product's own programs: tierctl prepares, imports and asks; the services work. */
import { join } from 'node:path';
import type { Language } from '@tierflow/tierctl/language';
import { repositoryDir } from './paths.ts';
import { recordsDirOf } from './processes/data-folder.ts';
import { OwnedProcess } from './processes/owned-process.ts';
import { ProgramFailed, runToEnd } from './processes/run-to-end.ts';
import { inStep, type Progress } from './progress.ts';
import type { Deployment } from './sample.ts';
import { loopback, randomPort } from './servers/ports.ts';
import type { ServerUrls } from './start-needed-servers.ts';
import { type StartWords, startWords } from './start-words.ts';

export const sampleNamespace = 'sample';
const serviceTimeoutMs = 120_000;
const nodeOptions = ['--disable-warning=TimeoutNegativeWarning'];
const tierctl = join(repositoryDir, 'services/tierctl/src/main.ts');

export interface ServiceStart {
  readonly name: string;
  readonly service: 'tiering' | 'exporter' | 'intake' | 'conductor';
  readonly environment?: NodeJS.ProcessEnv;
}

export const foldingServices: readonly ServiceStart[] = [
  { name: 'tiering-1', service: 'tiering' },
  { name: 'tiering-2', service: 'tiering' },
  { name: 'exporter', service: 'exporter' },
];

interface Service {
  readonly name: string;
  readonly metricsUrl: string;
  process: OwnedProcess;
}

export class SampleRun {
  readonly #servers: ServerUrls;
  readonly #logDir: string;
  readonly #progress: Progress;
  readonly #language: Language;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #services: Service[] = [];
  readonly #failed = Promise.withResolvers<number>();
  #isStopping = false;

  constructor(servers: ServerUrls, logDir: string, progress: Progress, language: Language) {
    this.#servers = servers;
    this.#logDir = logDir;
    this.#progress = progress;
    this.#language = language;
    this.#environment = {
      ...process.env,
      KAFKA_BROKERS: servers.kafkaBrokers,
      REDIS_URL: servers.redisUrl,
      SCHEMA_REGISTRY_URL: servers.schemaRegistryUrl,
      TIERFLOW_NAMESPACE: sampleNamespace,
    };
  }

  /** An exit code, once a service has ended by itself, which none should. */
  get serviceFailure(): Promise<number> {
    return this.#failed.promise;
  }

  /** Begins anew each time: what an earlier run left in the sample's namespace would count into this one's report. */
  async prepare({ policy, currency, zone }: Deployment): Promise<void> {
    const init = ['init', '--fresh', '--yes', '--policy', policy, '--currency', currency, '--zone', zone];
    await inStep(this.#progress, this.#words.preparing, () =>
      runToEnd({ command: process.execPath, args: [...nodeOptions, tierctl, ...init], env: this.#environment }),
    );
  }

  async startServices(services: readonly ServiceStart[]): Promise<void> {
    const starts = services.map(service => this.#startService(service));
    // All of them settle before a failure is passed on, or else one would start behind the clean-up.
    for (const outcome of await Promise.allSettled(starts)) if (outcome.status === 'rejected') throw outcome.reason;
  }

  /** Its standard output goes to the given descriptor; what it says besides is for people alone. */
  async tierctl(args: readonly string[], stdout: number): Promise<void> {
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

  invitation(): string {
    const { kafkaBrokers, redisUrl, schemaRegistryUrl } = this.#servers;
    const metrics = this.#services.map(({ name, metricsUrl }) => `  ${name.padEnd(17)}${metricsUrl}`);
    return [
      '',
      this.#words.running,
      `  Kafka            ${kafkaBrokers}`,
      `  Redis            ${redisUrl}`,
      `  ${this.#words.registry}  ${schemaRegistryUrl}`,
      ...metrics,
      `  ${this.#words.logs}  ${this.#logDir}`,
      '',
      this.#words.ask,
      `  export KAFKA_BROKERS=${kafkaBrokers} REDIS_URL=${redisUrl} \\`,
      `    SCHEMA_REGISTRY_URL=${schemaRegistryUrl} TIERFLOW_NAMESPACE=${sampleNamespace}`,
      '  npm run --silent tierctl -- report',
      '  npm run --silent tierctl -- --help',
    ].join('\n');
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.#services.map(({ process }) => process.stop()));
  }

  get #words(): StartWords {
    return startWords[this.#language];
  }

  async #startService({ name, service, environment = {} }: ServiceStart): Promise<void> {
    await inStep(this.#progress, this.#words.starting(name), async () => {
      const port = await randomPort();
      const launch = () =>
        OwnedProcess.start({
          name,
          command: process.execPath,
          args: [...nodeOptions, join(repositoryDir, 'services', service, 'src/main.ts')],
          env: { ...this.#environment, ...environment, METRICS_PORT: String(port), TIERFLOW_INSTANCE: name },
          logFile: join(this.#logDir, `${name}.log`),
          recordsDir: recordsDirOf(this.#servers.dataDir),
        });
      const started = { name, metricsUrl: `http://${loopback}:${port}/metrics`, process: await launch() };
      this.#services.push(started);
      await started.process.ready(() => answers(`http://${loopback}:${port}/readyz`), serviceTimeoutMs);
      void this.#keepAlive(started, launch);
    });
  }

  /** Whoever kills a service, to see what happens, gets it back. One that gives up by itself is a failure. */
  async #keepAlive(service: Service, launch: () => Promise<OwnedProcess>): Promise<void> {
    for (;;) {
      const { signal } = await service.process.exited;
      if (this.#isStopping) return;
      if (signal === null) {
        const { name, logFile } = service.process;
        this.#progress.note(`${this.#words.ended(name, logFile)}\n${service.process.logTail()}`);
        this.#failed.resolve(1);
        return;
      }
      this.#progress.note(this.#words.startedAgain(service.name));
      service.process = await launch();
    }
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
