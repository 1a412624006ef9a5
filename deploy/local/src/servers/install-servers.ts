/** Brings onto the machine what the asked-for servers need, everything that is missing at the same time. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir } from '../paths.ts';
import { inStep, type Progress } from '../progress.ts';
import { UnmetNeed } from '../unmet-need.ts';
import { findApt } from './debian-packages.ts';
import { findExecutable } from './executables.ts';
import { findJava, javaMajorMin } from './java.ts';
import { fetchKafka, fetchRegistry, isFetched, kafkaDir, registryDir } from './maven-artifacts.ts';
import { findRedis } from './redis-executable.ts';

export interface WantedServers {
  readonly kafka: boolean;
  readonly redis: boolean;
  readonly registry: boolean;
}

export async function installServers(wanted: WantedServers, progress: Progress): Promise<void> {
  const fetches = [
    ...(wanted.kafka && !isFetched(kafkaDir()) ? [fetchKafka] : []),
    ...(wanted.registry && !isFetched(registryDir()) ? [fetchRegistry] : []),
  ];
  const needsJava = (wanted.kafka || wanted.registry) && findJava() === null;
  const needsMaven = fetches.length > 0 && findExecutable('mvn') === null;
  const needsRedis = wanted.redis && findRedis() === null;

  const forMaven = [...(needsJava ? [javaPackage()] : []), ...(needsMaven ? ['maven'] : [])];
  const redisPackages = needsRedis ? ['redis-server'] : [];
  if (forMaven.length > 0) {
    // Maven has to be there first, and apt does one thing at a time.
    await installPackages([...forMaven, ...redisPackages], progress);
    await Promise.all(fetches.map(fetch => fetch(progress)));
  } else {
    await allOrFirstFailure([
      ...fetches.map(fetch => fetch(progress)),
      ...(needsRedis ? [installPackages(redisPackages, progress)] : []),
    ]);
  }
}

/** promtool checks and tests alert rules; only who does that needs it. */
export async function ensurePromtool(progress: Progress): Promise<string> {
  const installed = findExecutable('promtool');
  if (installed !== null) return installed;
  const unpacked = join(cacheDir(), 'prometheus');
  const promtool = join(unpacked, 'usr', 'bin', 'promtool');
  if (isFetched(promtool)) return promtool;
  const apt = await findApt();
  if (apt === null) throw new UnmetNeed('promtool is missing: install Prometheus, so that promtool is on the PATH.');
  mkdirSync(cacheDir(), { recursive: true });
  await inStep(progress, 'Fetching promtool by apt', () => apt.unpack('prometheus', unpacked));
  return promtool;
}

async function installPackages(packages: readonly string[], progress: Progress): Promise<void> {
  const apt = await findApt();
  if (apt === null) throw new UnmetNeed(missing(packages));
  await inStep(progress, `Installing ${packages.join(', ')} by apt`, () => apt.install(packages));
}

function missing(packages: readonly string[]): string {
  const names = packages.map(name => (name.startsWith('openjdk') ? `Java ${javaMajorMin} or newer` : name)).join(', ');
  return [
    `This machine lacks: ${names}.`,
    `  Debian, Ubuntu:  sudo apt-get install ${packages.join(' ')}`,
    `  macOS:           brew install ${packages.map(brewName).join(' ')}`,
    'Or use servers that run elsewhere: set KAFKA_BROKERS, REDIS_URL and SCHEMA_REGISTRY_URL. A server that is given',
    'by its variable is not started here.',
  ].join('\n');
}

function brewName(debianName: string): string {
  return debianName.startsWith('openjdk') ? 'openjdk@21' : debianName === 'redis-server' ? 'redis' : debianName;
}

/** No single release of Debian and Ubuntu has both, and their `default-jre` is too old in some. */
function javaPackage(): string {
  const newer = 'openjdk-21-jre-headless';
  const known = spawnSync('apt-cache', ['show', newer], { stdio: 'ignore' }).status === 0;
  return known ? newer : 'openjdk-17-jre-headless';
}

/** Fails as soon as one fails, but not before the others are done: they would go on writing behind the message. */
async function allOrFirstFailure(actions: readonly Promise<void>[]): Promise<void> {
  const outcomes = await Promise.allSettled(actions);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}
