/** One Redis with the settings that the product asks of a production one: append-only file, no eviction. */
import { copyFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { waitUntil } from '../processes/wait-until.ts';
import { UnmetNeed } from '../unmet-need.ts';
import { LocalServer, type ServerCommand } from './local-server.ts';
import { loopback } from './ports.ts';
import { findRedis, redisMajorMin } from './redis-executable.ts';

const rewriteTimeoutMs = 30_000;
const requestTimeoutMs = 10_000;

export class RedisServer extends LocalServer {
  override readonly name = 'redis';
  #appendOnly = true;

  get url(): string {
    return `redis://${loopback}:${this.port}`;
  }

  /** Takes a backup: everything up to now, in one RDB file. */
  async backUpTo(rdbFile: string): Promise<void> {
    await this.request('SAVE');
    copyFileSync(this.#rdbFile, rdbFile);
  }

  /** Comes back with what a backup holds; what was written since is gone, as after a restore by an operator. */
  async restoreFrom(rdbFile: string): Promise<void> {
    await this.kill();
    // 1. The append-only file outranks the RDB file at a start, so it goes, and the start is without it.
    rmSync(join(this.dataDir, 'appendonlydir'), { recursive: true, force: true });
    copyFileSync(rdbFile, this.#rdbFile);
    this.#appendOnly = false;
    try {
      await this.start();
    } finally {
      this.#appendOnly = true;
    }
    // 2. Switched on again it is written anew from memory; only then would a restart find the data.
    await this.request('CONFIG SET appendonly yes');
    const rewritten = await waitUntil(async () => {
      const persistence = await this.request('INFO persistence');
      return /aof_rewrite_in_progress:0/.test(persistence) && /aof_rewrite_scheduled:0/.test(persistence);
    }, rewriteTimeoutMs);
    if (rewritten === null) throw new Error('Redis did not rewrite its append-only file');
  }

  async flushAll(): Promise<void> {
    await this.request('FLUSHALL');
  }

  protected override commandLine(): ServerCommand {
    const redis = findRedis();
    if (redis === null) throw new UnmetNeed(`There is no redis-server ${redisMajorMin} or newer on the PATH.`);
    const settings = {
      bind: loopback,
      port: this.port,
      dir: this.dataDir,
      appendonly: this.#appendOnly ? 'yes' : 'no',
      appendfsync: 'everysec',
      'maxmemory-policy': 'noeviction',
      // Snapshots are taken when somebody asks for one.
      save: '',
    };
    return { command: redis, args: Object.entries(settings).flatMap(([key, value]) => [`--${key}`, String(value)]) };
  }

  /** While Redis loads its data it answers, but with an error. */
  protected override async isReady(): Promise<boolean> {
    try {
      return (await this.request('PING')) === 'PONG';
    } catch {
      return false;
    }
  }

  get #rdbFile(): string {
    return join(this.dataDir, 'dump.rdb');
  }

  /** One command on a connection of its own: enough for administration, and no client library is needed. */
  request(line: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: loopback, port: this.port });
      let reply = '';
      socket.setEncoding('utf8').setTimeout(requestTimeoutMs, () => socket.destroy(new Error(`${line}: no reply`)));
      socket.on('error', reject);
      // QUIT makes Redis close the connection, so the reply is complete when the connection ends.
      socket.end(`${line}\r\nQUIT\r\n`);
      socket.on('data', text => {
        reply += text;
      });
      socket.on('close', () => {
        const body = reply.replace(/\+OK\r\n$/, '').trimEnd();
        if (body.startsWith('-')) reject(new Error(`${line}: ${body.slice(1)}`));
        else resolve(body.replace(/^\+|^\$\d+\r\n/, ''));
      });
    });
  }
}
