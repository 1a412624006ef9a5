/**
 * Apicurio Registry, spoken to through its Confluent-compatible interface. Its database is a file: the records of the log
 * name their schemas by id, so the ids have to be the same after a restart.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { UnmetNeed } from '../unmet-need.ts';
import { findJava, javaMajorMin } from './java.ts';
import { LocalServer, type ServerCommand } from './local-server.ts';
import { registryDir } from './maven-artifacts.ts';
import { loopback } from './ports.ts';

export class RegistryServer extends LocalServer {
  override readonly name = 'registry';

  get url(): string {
    return `http://${loopback}:${this.port}/apis/ccompat/v7`;
  }

  protected override commandLine(): ServerCommand {
    const java = findJava();
    if (java === null) throw new UnmetNeed(`The schema registry needs Java ${javaMajorMin} or newer.`);
    const runner = readdirSync(registryDir()).find(file => file.endsWith('-runner.jar'));
    const settings = {
      'quarkus.http.host': loopback,
      'quarkus.http.port': this.port,
      'apicurio.storage.kind': 'sql',
      'apicurio.storage.sql.kind': 'h2',
      // The registry closes its database itself when it ends; H2's own exit hook would be too early. And H2 writes a
      // commit half a second later unless told otherwise: a schema whose id is in use must survive a kill.
      'apicurio.datasource.url': `jdbc:h2:file:${join(this.dataDir, 'registry')};DB_CLOSE_ON_EXIT=FALSE;WRITE_DELAY=0`,
    };
    const jvm = ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
    const properties = Object.entries(settings).map(([key, value]) => `-D${key}=${value}`);
    return { command: java, args: [...jvm, ...properties, '-jar', join(registryDir(), runner ?? '')] };
  }

  protected override async isReady(): Promise<boolean> {
    try {
      const response = await fetch(`${this.url}/subjects`, { signal: AbortSignal.timeout(5_000) });
      await response.arrayBuffer();
      return response.ok;
    } catch {
      return false;
    }
  }
}
