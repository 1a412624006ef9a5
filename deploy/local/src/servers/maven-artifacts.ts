/**
 * Kafka and the registry as Maven Central publishes them. Maven and not plain HTTP, because Maven is what knows the
 * mirrors and proxies of the user's network.
 *
 * Both are fetched at the same time, each with a Maven repository of its own: two Mavens must not share one. The
 * repositories are removed afterwards, and a finished folder appears by a rename, so it is complete or not there.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir } from '../paths.ts';
import { runToEnd } from '../processes/run-to-end.ts';
import { inStep, type Progress } from '../progress.ts';

export const kafkaVersion = '4.1.0';
/** The last line that runs on Java 17. */
export const registryVersion = '3.0.9';
const log4jVersion = '2.24.3';

const dependencyPlugin = 'org.apache.maven.plugins:maven-dependency-plugin';

export function kafkaDir(): string {
  return join(cacheDir(), `kafka-${kafkaVersion}`);
}

export function registryDir(): string {
  return join(cacheDir(), `apicurio-registry-${registryVersion}`);
}

export function isFetched(folder: string): boolean {
  return existsSync(folder);
}

export function fetchKafka(progress: Progress): Promise<void> {
  return fetchInto(kafkaDir(), `Fetching Kafka ${kafkaVersion} by Maven`, progress, async (partial, maven) => {
    writeFileSync(join(partial, 'pom.xml'), kafkaPom);
    await maven([`${dependencyPlugin}:3.8.1:copy-dependencies`, `-DoutputDirectory=${join(partial, 'libs')}`]);
    rmSync(join(partial, 'pom.xml'));
  });
}

export function fetchRegistry(progress: Progress): Promise<void> {
  const title = `Fetching Apicurio Registry ${registryVersion} by Maven`;
  return fetchInto(registryDir(), title, progress, async (partial, maven) => {
    const artifact = `io.apicurio:apicurio-registry-app:${registryVersion}:tar.gz:all`;
    // The artifact's parent is not on Maven Central: 2.10 copies it all the same, newer plugins refuse.
    await maven([`${dependencyPlugin}:2.10:copy`, `-Dartifact=${artifact}`, `-DoutputDirectory=${partial}`]);
    const archive = `apicurio-registry-app-${registryVersion}-all.tar.gz`;
    await runToEnd({ command: 'tar', args: ['-xzf', archive], cwd: partial });
    rmSync(join(partial, archive));
  });
}

type Maven = (args: readonly string[]) => Promise<void>;

async function fetchInto(
  folder: string,
  title: string,
  progress: Progress,
  fetch: (partial: string, maven: Maven) => Promise<void>,
): Promise<void> {
  mkdirSync(cacheDir(), { recursive: true });
  const partial = mkdtempSync(join(cacheDir(), '.partial-'));
  const repository = mkdtempSync(join(cacheDir(), '.maven-'));
  try {
    await inStep(progress, title, async step => {
      await fetch(partial, async args => {
        await runToEnd({
          command: 'mvn',
          args: ['-B', '-C', `-Dmaven.repo.local=${repository}`, ...args],
          cwd: partial,
          watch: () => step.detail(`${Math.round(sizeOf(repository) / 1e6)} MB`),
        });
      });
      // Somebody else may have been faster; theirs is as good.
      if (!isFetched(folder)) renameSync(partial, folder);
    });
  } finally {
    rmSync(partial, { recursive: true, force: true });
    rmSync(repository, { recursive: true, force: true });
  }
}

function sizeOf(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    // Maven renames its files while they are counted.
    const stat = entry.isFile() ? statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false }) : undefined;
    bytes += stat?.size ?? 0;
  }
  return bytes;
}

/** kafka-tools brings Connect with its web server along, which no broker needs. */
const kafkaPom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>tierflow</groupId>
  <artifactId>local-servers</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>${kafkaVersion}</version>
    </dependency>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka-tools</artifactId>
      <version>${kafkaVersion}</version>
      <exclusions>
        <exclusion>
          <groupId>*</groupId>
          <artifactId>*</artifactId>
        </exclusion>
      </exclusions>
    </dependency>
    <dependency>
      <groupId>org.apache.logging.log4j</groupId>
      <artifactId>log4j-slf4j-impl</artifactId>
      <version>${log4jVersion}</version>
    </dependency>
  </dependencies>
</project>
`;
