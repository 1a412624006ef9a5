/** The way to the schema registry for a process under test; it can be cut and mended, and the registry notices nothing. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { loopback } from '@tierflow/local/servers/ports';

export class RegistryLink {
  readonly #server: Server;
  readonly #registry: URL;
  readonly #clients = new Set<Socket>();
  #isCut = false;

  static async open(registryUrl: string): Promise<RegistryLink> {
    const server = createServer();
    const link = new RegistryLink(server, new URL(registryUrl));
    server.on('connection', client => link.#connect(client));
    await new Promise<void>(resolve => server.listen(0, loopback, resolve));
    return link;
  }

  private constructor(server: Server, registry: URL) {
    this.#server = server;
    this.#registry = registry;
  }

  get url(): string {
    const address = this.#server.address();
    const port = typeof address === 'object' ? address?.port : '';
    return `http://${loopback}:${port}${this.#registry.pathname}`;
  }

  cut(): void {
    this.#isCut = true;
    for (const client of this.#clients) client.destroy();
  }

  mend(): void {
    this.#isCut = false;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise(resolve => this.#server.close(resolve));
  }

  #connect(client: Socket): void {
    client.on('error', () => {});
    if (this.#isCut) {
      client.destroy();
      return;
    }
    this.#clients.add(client);
    const registry = connect({ host: this.#registry.hostname, port: Number(this.#registry.port) });
    const end = () => {
      this.#clients.delete(client);
      client.destroy();
      registry.destroy();
    };
    for (const socket of [client, registry]) socket.on('error', end).on('close', end);
    client.pipe(registry).pipe(client);
  }
}
