/** Runs a program to its end and gives what it printed. Like every child here it does not outlive this process. */
import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OwnedProcess } from './owned-process.ts';

export interface ProgramRun {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Called now and then while the program runs. */
  readonly watch?: (outputSoFar: string) => void;
}

export class ProgramFailed extends Error {
  override readonly name = 'ProgramFailed';
  readonly output: string;

  constructor(run: ProgramRun, ending: string, output: string) {
    super(`${[run.command, ...run.args].join(' ')} ${ending}:\n${output.trimEnd()}`);
    this.output = output;
  }
}

const watchMs = 250;

export async function runToEnd(run: ProgramRun): Promise<string> {
  const outputFile = join(tmpdir(), `tierflow-output-${randomUUID()}`);
  let timer: NodeJS.Timeout | undefined;
  try {
    const { watch } = run;
    const child = await OwnedProcess.start({ ...run, name: run.command, logFile: outputFile });
    if (watch !== undefined) timer = setInterval(() => watch(readFileSync(outputFile, 'utf8')), watchMs);
    const { code, signal } = await child.exited;
    const output = readFileSync(outputFile, 'utf8');
    if (code !== 0)
      throw new ProgramFailed(run, signal === null ? `failed (${code})` : `was ended (${signal})`, output);
    return output;
  } finally {
    clearInterval(timer);
    rmSync(outputFile, { force: true });
  }
}
