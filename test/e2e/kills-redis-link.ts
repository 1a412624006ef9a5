/**
 * The way to Redis for the processes under test. It is slow, so that work lasts long enough for faults to hit it without
 * burning a processor for it; and it can lose the reply to a request that Redis has carried out, which no server does on
 * demand.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { loopback } from '@tierflow/local/servers/ports';

export class RedisLink {
  delayMs: number;
  readonly #server: Server;
  readonly #redisPort: number;
  readonly #clients = new Set<Socket>();
  #loses = false;

  static async open(redisPort: number, delayMs: number): Promise<RedisLink> {
    const server = createServer({ noDelay: true });
    const link = new RedisLink(server, redisPort, delayMs);
    server.on('connection', client => link.#connect(client));
    await new Promise<void>(resolve => server.listen(0, loopback, resolve));
    return link;
  }

  private constructor(server: Server, redisPort: number, delayMs: number) {
    this.#server = server;
    this.#redisPort = redisPort;
    this.delayMs = delayMs;
  }

  get url(): string {
    const address = this.#server.address();
    return `redis://${loopback}:${typeof address === 'object' ? address?.port : ''}`;
  }

  /** Every reply that comes from now on is lost with its connection, until one was lost. */
  loseReplies(): void {
    this.#loses = true;
  }

  get losesReplies(): boolean {
    return this.#loses;
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.destroy();
    await new Promise(resolve => this.#server.close(resolve));
  }

  #connect(client: Socket): void {
    const redis = connect({ host: loopback, port: this.#redisPort, noDelay: true });
    const held: Buffer[] = [];
    this.#clients.add(client);
    const end = () => {
      this.#clients.delete(client);
      client.destroy();
      redis.destroy();
    };
    for (const socket of [client, redis]) socket.on('error', end).on('close', end);
    client.on('data', request => redis.write(request));
    redis.on('data', reply => {
      if (this.#loses) {
        this.#loses = false;
        for (const each of this.#clients) each.destroy();
        return;
      }
      // One timer for all that is held back: with one for each reply, a shorter delay would let a later one overtake.
      held.push(reply);
      if (held.length === 1) setTimeout(() => client.write(Buffer.concat(held.splice(0))), this.delayMs);
    });
  }
}
