/**
 * Toxiproxy, which stands between processes and servers and spoils what passes. It is on no package registry but Go's, so
 * Go builds it, once; the finished program appears by a rename, so it is complete or not there.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir } from '../paths.ts';
import { runToEnd } from '../processes/run-to-end.ts';
import { inStep, type Progress } from '../progress.ts';
import { UnmetNeed } from '../unmet-need.ts';
import { findApt } from './debian-packages.ts';
import { findExecutable } from './executables.ts';
import { isFetched } from './maven-artifacts.ts';

/** Each with the least minor version of Go 1 that builds it. */
const releases = [
  { version: 'v2.12.0', goMinorMin: 23 },
  { version: 'v2.5.0', goMinorMin: 18 },
] as const;

/** The program's path. */
export async function ensureToxiproxy(progress: Progress): Promise<string> {
  for (const { version } of releases) if (isFetched(programOf(version))) return programOf(version);
  const minor = goMinor() ?? (await installGo(progress));
  const release = releases.find(({ goMinorMin }) => minor >= goMinorMin);
  if (release === undefined) throw new UnmetNeed(`Toxiproxy needs Go 1.${releases.at(-1)!.goMinorMin} or newer.`);
  await inStep(progress, `Building toxiproxy ${release.version} by Go`, () => build(release.version));
  return programOf(release.version);
}

function programOf(version: string): string {
  return join(cacheDir(), `toxiproxy-${version}`);
}

/** 26 of go1.26.8; null: there is no Go. */
function goMinor(): number | null {
  if (findExecutable('go') === null) return null;
  const { stdout } = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' });
  const minor = /^go1\.(\d+)/.exec(stdout ?? '')?.[1];
  return minor === undefined ? null : Number(minor);
}

async function installGo(progress: Progress): Promise<number> {
  const apt = await findApt();
  if (apt !== null) await inStep(progress, 'Installing golang-go by apt', () => apt.install(['golang-go']));
  const minor = goMinor();
  if (minor !== null) return minor;
  throw new UnmetNeed(
    [
      'Toxiproxy is built by Go, and this machine has none.',
      '  Debian, Ubuntu:  sudo apt-get install golang-go',
      '  macOS:           brew install go',
    ].join('\n'),
  );
}

async function build(version: string): Promise<void> {
  mkdirSync(cacheDir(), { recursive: true });
  const folder = mkdtempSync(join(cacheDir(), '.partial-'));
  try {
    await runToEnd({
      command: 'go',
      args: ['install', `github.com/Shopify/toxiproxy/v2/cmd/server@${version}`],
      cwd: folder,
      // Sources are of no more use afterwards, and Go would leave them read-only.
      env: { ...process.env, GOPATH: join(folder, 'go'), GOBIN: folder, GOFLAGS: '-modcacherw' },
    });
    renameSync(join(folder, 'server'), programOf(version));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
