/**
 * What the three servers have in common: a folder of data, a port that stays the same over restarts, and the ways to end
 * it. Tests kill and restart them at will.
 */
import { mkdirSync } from 'node:fs';
import { OwnedProcess } from '../processes/owned-process.ts';

export interface ServerOptions {
  /** Holds everything that the server writes. */
  readonly dataDir: string;
  readonly port: number;
  readonly logFile: string;
  readonly recordsDir?: string | undefined;
}

export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

export abstract class LocalServer {
  abstract readonly name: string;
  readonly dataDir: string;
  readonly port: number;
  readonly logFile: string;
  readonly #recordsDir: string | undefined;
  #process: OwnedProcess | null = null;

  constructor(options: ServerOptions) {
    this.dataDir = options.dataDir;
    this.port = options.port;
    this.logFile = options.logFile;
    this.#recordsDir = options.recordsDir;
  }

  /** Also after `stop` or `kill`: it comes back on the same data and port. */
  async start(): Promise<void> {
    await this.launch();
  }

  /** Orderly, as for a restart of the machine. */
  async stop(): Promise<void> {
    await this.#process?.stop();
  }

  /** SIGKILL: nothing is flushed, no goodbye is said. */
  async kill(): Promise<void> {
    await this.#process?.kill();
  }

  get pid(): number | null {
    return this.isRunning ? (this.#process?.pid ?? null) : null;
  }

  get isRunning(): boolean {
    return this.#process !== null && this.#process.exit === null;
  }

  /** Freezes and thaws the process, as a long pause of the machine would. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#process?.signal(signal);
  }

  protected async launch(): Promise<void> {
    if (this.isRunning) throw new Error(`${this.name} is running already`);
    mkdirSync(this.dataDir, { recursive: true });
    const process = await OwnedProcess.start({
      ...(await this.commandLine()),
      name: this.name,
      cwd: this.dataDir,
      logFile: this.logFile,
      recordsDir: this.#recordsDir,
    });
    this.#process = process;
    await process.ready(() => this.isReady(), this.startTimeoutMs);
  }

  protected readonly startTimeoutMs: number = 180_000;

  protected abstract commandLine(): ServerCommand | Promise<ServerCommand>;

  protected abstract isReady(): boolean | Promise<boolean>;
}
