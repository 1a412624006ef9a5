/**
 * A child process that ends with its owner, whatever happens to the owner.
 *
 * The child leads a process group of its own: a Ctrl-C in the terminal does not reach it, so its owner can stop things
 * in order. A guard, a shell that waits on a pipe held by the owner, ends the group as soon as the pipe closes, be it by
 * a crash or a SIGKILL of the owner. For the case that the guard is gone too, the process is recorded by id and instant
 * of its start.
 */
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { removeRecord, writeRecord } from './process-record.ts';
import { waitUntil } from './wait-until.ts';

export interface ProcessStart {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly cwd?: string | undefined;
  /** Receives standard output and error, unless `stdio` says otherwise. */
  readonly logFile: string;
  readonly stdio?: StdioOptions | undefined;
  /** Where the process is recorded for the clean-up of a later run; without it, it is not. */
  readonly recordsDir?: string | undefined;
}

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const stopTimeoutMs = 15_000;

const guardScript = `
trap '' INT TERM HUP
read -r order
[ "$order" = release ] && exit 0
kill -s TERM -- "-$1"
tenths=0
while kill -s 0 -- "-$1" 2>/dev/null && [ $tenths -lt 80 ]; do sleep 0.1; tenths=$((tenths + 1)); done
kill -s KILL -- "-$1"
`;

export class OwnedProcess {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  readonly exited: Promise<ProcessExit>;
  #exit: ProcessExit | null = null;

  private constructor(start: ProcessStart, child: ChildProcess, pid: number) {
    this.name = start.name;
    this.pid = pid;
    this.logFile = start.logFile;
    const guard = spawnGuard(pid);
    const { recordsDir } = start;
    if (recordsDir !== undefined) writeRecord(recordsDir, start.name, pid);
    this.exited = new Promise(resolve => {
      child.once('exit', (code, signal) => {
        this.#exit = { code, signal };
        // Released at once: from here on the id may belong to somebody else.
        guard.stdin?.end('release\n');
        if (recordsDir !== undefined) removeRecord(recordsDir, start.name);
        resolve(this.#exit);
      });
    });
  }

  static async start(start: ProcessStart): Promise<OwnedProcess> {
    mkdirSync(dirname(start.logFile), { recursive: true });
    const log = openSync(start.logFile, 'a');
    try {
      const child = spawn(start.command, start.args, {
        cwd: start.cwd,
        env: start.env ?? process.env,
        stdio: start.stdio ?? ['ignore', log, log],
        detached: true,
      });
      await new Promise((resolve, reject) => {
        child.once('spawn', resolve);
        child.once('error', reject);
      });
      return new OwnedProcess(start, child, child.pid!);
    } finally {
      closeSync(log);
    }
  }

  get exit(): ProcessExit | null {
    return this.#exit;
  }

  signal(signal: NodeJS.Signals): void {
    if (this.#exit !== null) return;
    try {
      process.kill(-this.pid, signal);
    } catch {
      // It ended in this instant.
    }
  }

  async stop(): Promise<void> {
    this.signal('SIGTERM');
    const stopped = await waitUntil(() => this.#exit, stopTimeoutMs);
    if (stopped === null) await this.kill();
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.exited;
  }

  /** Waits for a condition that only the running process can bring about. */
  async ready(condition: () => boolean | Promise<boolean>, timeoutMs: number): Promise<void> {
    const outcome = await waitUntil(async () => (this.#exit !== null ? 'exited' : await condition()), timeoutMs);
    if (outcome === true) return;
    const reason = outcome === 'exited' ? 'ended while starting' : `was not ready within ${timeoutMs / 1000} s`;
    await this.kill();
    throw new Error(`${this.name} ${reason}. The end of ${this.logFile}:\n${this.logTail()}`);
  }

  logTail(lines = 25): string {
    return readFileSync(this.logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  }
}

function spawnGuard(pid: number): ChildProcess {
  const guard = spawn('sh', ['-c', guardScript, 'guard', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  // Neither the guard nor its pipe keeps the owner alive; a guard that was killed is no reason to fail.
  guard.unref();
  guard.on('error', () => {});
  guard.stdin?.on('error', () => {});
  (guard.stdin as unknown as { unref(): void }).unref();
  return guard;
}
