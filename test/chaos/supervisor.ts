/** Keeps a process of a service running: whenever it dies it is started again, at once and under its old name. */
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryDir } from '@tierflow/local/paths';
import { OwnedProcess } from '@tierflow/local/processes/owned-process';
import { nodeOptions, type ServiceName } from '../e2e/service.ts';

/** One line of a process' log. */
export interface LogLine {
  readonly launch: number;
  readonly time: string;
  readonly msg: string;
  readonly partition?: number;
  readonly after?: string;
  readonly found?: string;
  readonly why?: string;
  readonly reason?: string;
}

export interface Death {
  readonly launch: number;
  readonly how: string;
  readonly failpoint: string | null;
}

export interface SupervisorOptions {
  readonly name: string;
  readonly service: ServiceName;
  readonly environment: NodeJS.ProcessEnv;
  readonly logDir: string;
  /** What Node loads before the program. */
  readonly preload?: string;
}

export class Supervisor {
  readonly name: string;
  /** How many times the process was started, the present one included. */
  launches = 0;
  /** In order, without the orderly end. */
  readonly deaths: Death[] = [];
  readonly #options: SupervisorOptions;
  readonly #lines: LogLine[] = [];
  #process: OwnedProcess | null = null;
  #failpoint: string | null = null;
  #stopping = false;
  #running: Promise<void> | null = null;
  #logFile = '';
  #logRead = 0;
  #logRest = '';

  constructor(options: SupervisorOptions) {
    this.name = options.name;
    this.#options = options;
  }

  start(): void {
    this.#running ??= this.#supervise();
  }

  /** The next launch dies by itself there, or the one after it where that one does not come so far. */
  armNextLaunch(failpoint: string): void {
    this.#failpoint = failpoint;
  }

  signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT' | 'SIGTERM'): void {
    this.#process?.signal(signal);
  }

  /** What the process has logged so far, over all its launches. */
  lines(): readonly LogLine[] {
    this.#readLog();
    return this.#lines;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#process?.stop();
    await this.#running;
  }

  async #supervise(): Promise<void> {
    const { name, service, environment, logDir, preload } = this.#options;
    const program = join(repositoryDir, 'services', service, 'src/main.ts');
    while (!this.#stopping) {
      const launch = this.launches + 1;
      const logFile = join(logDir, `${name}-${launch}.log`);
      const failpoint = this.#failpoint;
      this.#failpoint = null;
      this.#process = await OwnedProcess.start({
        name,
        command: process.execPath,
        args: [...nodeOptions, ...(preload === undefined ? [] : ['--import', preload]), program],
        env: {
          ...environment,
          METRICS_PORT: '0',
          TIERFLOW_INSTANCE: name,
          ...(failpoint === null ? {} : { TIERFLOW_FAILPOINT: failpoint }),
        },
        logFile,
      });
      this.#openLog(logFile, launch);
      const { code, signal } = await this.#process.exited;
      this.#readLog();
      if (this.#stopping) break;
      this.deaths.push({ launch, how: signal ?? `exit ${code}`, failpoint });
      if (failpoint !== null && signal !== 'SIGKILL') this.#failpoint = failpoint;
    }
  }

  #openLog(logFile: string, launch: number): void {
    this.#logFile = logFile;
    this.#logRead = 0;
    this.#logRest = '';
    this.launches = launch;
  }

  #readLog(): void {
    if (!existsSync(this.#logFile)) return;
    const file = openSync(this.#logFile, 'r');
    try {
      const buffer = Buffer.alloc(64 * 1024);
      for (;;) {
        const bytes = readSync(file, buffer, 0, buffer.length, this.#logRead);
        if (bytes === 0) break;
        this.#logRead += bytes;
        this.#logRest += buffer.toString('latin1', 0, bytes);
      }
    } finally {
      closeSync(file);
    }
    const lines = this.#logRest.split('\n');
    this.#logRest = lines.pop() ?? '';
    // What is no JSON is Node's own last words; the exit tells of those.
    for (const line of lines) {
      if (line.startsWith('{')) this.#lines.push({ ...JSON.parse(line), launch: this.launches });
    }
  }
}
