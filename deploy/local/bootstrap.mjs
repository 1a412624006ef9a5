/**
 * The one entry of every npm script: finds Node 24 and pnpm, brings the dependencies up to date, and hands over to the
 * program that was asked for.
 *
 * Plain JavaScript, because it runs on the Node that the machine happens to have (18 or newer). Standard output belongs
 * to the program alone; everything that is said here goes to standard error.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const toolchainFile = join(root, '.local', 'toolchain.json');
const nodeMajor = 24;
const pnpmMajor = 10;

const programs = {
  start: 'deploy/local/src/start.ts',
  stop: 'deploy/local/src/stop.ts',
  test: 'deploy/local/src/test.ts',
  check: 'deploy/local/src/check.ts',
  bench: 'test/bench/main.ts',
  simulate: 'test/simulator/main.ts',
  chaos: 'test/chaos/main.ts',
  rollout: 'test/rollout/main.ts',
  tierctl: 'services/tierctl/src/main.ts',
};

class SetupFailure extends Error {}

const [command, ...args] = process.argv.slice(2);
try {
  const program = programs[command];
  if (program === undefined) {
    throw new SetupFailure(`usage: node deploy/local/bootstrap.mjs <${Object.keys(programs).join('|')}> [arguments]`);
  }
  const toolchain = findToolchain();
  installDependencies(toolchain);
  run(toolchain.node, join(root, program), args);
} catch (error) {
  if (!(error instanceof SetupFailure)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

/** @returns {{node: string, pnpm: string}} the executable of Node and the script of pnpm */
function findToolchain() {
  const known = readKnownToolchain();
  if (known !== null) return known;
  const ownNode = Number(process.versions.node.split('.')[0]) >= nodeMajor ? process.execPath : null;
  const ownPnpm = ownNode === null ? null : findPnpm(ownNode);
  const toolchain = ownNode !== null && ownPnpm !== null ? { node: ownNode, pnpm: ownPnpm } : obtainToolchain();
  mkdirSync(dirname(toolchainFile), { recursive: true });
  writeFileSync(toolchainFile, `${JSON.stringify(toolchain, null, 2)}\n`);
  return toolchain;
}

function readKnownToolchain() {
  try {
    const known = JSON.parse(readFileSync(toolchainFile, 'utf8'));
    return existsSync(known.node) && existsSync(known.pnpm) ? known : null;
  } catch {
    return null;
  }
}

function findPnpm(node) {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const candidate = join(folder, 'pnpm');
    if (folder === '' || !existsSync(candidate)) continue;
    const script = realpathSync(candidate);
    // A shell wrapper or a native build cannot be run by a chosen Node; npx then gives the script.
    if (!/\.[cm]?js$/.test(script)) continue;
    const version = spawnSync(node, [script, '--version'], { encoding: 'utf8', cwd: dirname(script) });
    if (version.status === 0 && version.stdout.startsWith(`${pnpmMajor}.`)) return script;
  }
  return null;
}

function obtainToolchain() {
  console.error(`Fetching Node ${nodeMajor} and pnpm ${pnpmMajor} by npx (once) …`);
  const report = 'node -p process.execPath && command -v pnpm';
  const packages = ['-p', `node@${nodeMajor}`, '-p', `pnpm@${pnpmMajor}`];
  const npx = spawnSync('npx', ['--loglevel=error', '-y', ...packages, '-c', report], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [node, pnpm] = (npx.stdout ?? '').trim().split('\n').slice(-2);
  if (npx.status !== 0 || !node || !pnpm) {
    const reason = (npx.stderr ?? npx.error?.message ?? '').trim();
    throw new SetupFailure(
      `${reason}\nNode ${nodeMajor} and pnpm ${pnpmMajor} could not be fetched by npx. ` +
        `Check the network and npm's registry, or install both and run the command again.`,
    );
  }
  return { node: realpathSync(node), pnpm: realpathSync(pnpm) };
}

function installDependencies({ node, pnpm }) {
  const lockfileHash = createHash('sha256')
    .update(readFileSync(join(root, 'pnpm-lock.yaml')))
    .digest('hex');
  // Inside node_modules, so that removing the folder removes the claim that it is complete.
  const stampFile = join(root, 'node_modules', '.installed-lockfile');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === lockfileHash) return;
  console.error('Installing dependencies …');
  const options = [
    '--frozen-lockfile',
    '--loglevel=warn',
    '--reporter=append-only',
    '--config.confirm-modules-purge=false',
  ];
  const install = spawnSync(node, [pnpm, 'install', ...options], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environmentFor(node),
  });
  if (install.status !== 0) {
    throw new SetupFailure(`${install.stdout ?? ''}${install.stderr ?? ''}\npnpm install failed; nothing was started.`);
  }
  writeFileSync(stampFile, lockfileHash);
}

function run(node, program, programArgs) {
  const ownLink = new URL('./src/processes/end-with-parent.ts', import.meta.url).href;
  const child = spawn(
    node,
    ['--disable-warning=TimeoutNegativeWarning', '--import', ownLink, program, ...programArgs],
    {
      cwd: callersFolder(),
      env: environmentFor(node),
      // The channel carries nothing: its end tells the program that this process is gone, even by SIGKILL.
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      // In a group of its own, or else Ctrl-C would reach it several times: from the terminal, from npm and from here.
      detached: true,
    },
  );
  forwardSignalsOnce(child);
  endWithNpm(child);
  child.on('error', error => {
    console.error(error.message);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + ({ SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }[signal] ?? 0);
  });
}

function environmentFor(node) {
  const environment = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` };
  // Many programs colour their output on a CI server too, where it is read by programs.
  const onTerminal = process.stdout.isTTY || process.stderr.isTTY;
  return onTerminal || process.env.FORCE_COLOR ? environment : { ...environment, NO_COLOR: '1' };
}

/** npm passes on a Ctrl-C that the terminal has sent here already, so an echo within this time is not a second one. */
function forwardSignalsOnce(child) {
  const echoMs = 400;
  let forwardedAt = Number.NEGATIVE_INFINITY;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      const now = performance.now();
      if (now - forwardedAt < echoMs) return;
      forwardedAt = now;
      child.kill(signal);
    });
  }
}

/** A killed npm says nothing to its script, but the script then has another parent. */
function endWithNpm(child) {
  if (!isRunByOurNpm()) return;
  const npm = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === npm) return;
    clearInterval(timer);
    child.kill('SIGTERM');
  }, 1_000);
  timer.unref();
}

function isRunByOurNpm() {
  return process.env.npm_package_json === join(root, 'package.json');
}

/** Paths on the command line mean what they mean where the user typed them; npm itself moves to the root. */
function callersFolder() {
  return (isRunByOurNpm() && process.env.INIT_CWD) || process.cwd();
}
