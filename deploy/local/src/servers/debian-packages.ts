/** What the distribution has is taken from it: Java, Maven, Redis by installing, promtool by unpacking. */
import { mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ProgramRun, runToEnd } from '../processes/run-to-end.ts';
import { findExecutable } from './executables.ts';

/** null: there is no apt-get here, or no right to install by it. */
export async function findApt(): Promise<Apt | null> {
  if (findExecutable('apt-get') === null) return null;
  if (process.getuid?.() === 0) return new Apt([]);
  if (findExecutable('sudo') === null) return null;
  try {
    // Only a sudo that asks for nothing: a password prompt would hide between the lines of progress.
    await runToEnd({ command: 'sudo', args: ['-n', 'true'] });
    return new Apt(['sudo', '-n']);
  } catch {
    return null;
  }
}

export class Apt {
  readonly #prefix: readonly string[];

  constructor(prefix: readonly string[]) {
    this.#prefix = prefix;
  }

  async install(packages: readonly string[]): Promise<void> {
    await this.#withFreshLists(() =>
      // RUNLEVEL keeps Debian from starting a service of its own on the port that we are about to use.
      this.#run('env', [
        'DEBIAN_FRONTEND=noninteractive',
        'RUNLEVEL=1',
        'apt-get',
        'install',
        '-y',
        '-qq',
        ...packages,
      ]),
    );
  }

  /** Fetches a package and unpacks it into a folder of its own, without installing it. */
  async unpack(name: string, folder: string): Promise<void> {
    const partial = mkdtempSync(join(dirname(folder), '.partial-'));
    try {
      await this.#withFreshLists(() =>
        // Root's apt-get drops its rights for downloads, which it may not keep in a private folder.
        runToEnd({
          command: 'apt-get',
          args: ['-o', 'APT::Sandbox::User=root', 'download', '-qq', name],
          cwd: partial,
        }),
      );
      const archive = readdirSync(partial).find(file => file.endsWith('.deb'));
      if (archive === undefined) throw new Error(`apt-get download ${name} gave no package`);
      await runToEnd({ command: 'dpkg-deb', args: ['-x', archive, '.'], cwd: partial });
      rmSync(join(partial, archive));
      renameSync(partial, folder);
    } finally {
      rmSync(partial, { recursive: true, force: true });
    }
  }

  /** Package lists are often missing or old in images; they are fetched only after they have failed. */
  async #withFreshLists(action: () => Promise<unknown>): Promise<void> {
    try {
      await action();
    } catch {
      await this.#run('apt-get', ['update', '-qq']);
      await action();
    }
  }

  #run(command: string, args: readonly string[]): Promise<string> {
    const [first, ...rest] = [...this.#prefix, command, ...args];
    const run: ProgramRun = { command: first!, args: rest };
    return runToEnd(run);
  }
}
