/** Toxiproxy and its HTTP API: proxies come and go while it runs, and toxics spoil what passes through them. */
import { LocalServer, type ServerCommand, type ServerOptions } from './local-server.ts';
import { loopback } from './ports.ts';

export interface ProxyRoute {
  readonly name: string;
  readonly listenPort: number;
  readonly upstreamPort: number;
}

/** https://github.com/Shopify/toxiproxy#toxics says what each does and which attributes it has. */
export interface Toxic {
  readonly type: 'latency' | 'timeout' | 'reset_peer' | 'limit_data' | 'bandwidth' | 'slicer' | 'slow_close';
  /** upstream: what clients say; downstream: what they are told. */
  readonly stream: 'upstream' | 'downstream';
  readonly attributes: Readonly<Record<string, number>>;
}

/** It answers when every connection of the proxy has followed, and gives each that holds data some seconds. */
const requestTimeoutMs = 60_000;

export class ToxiproxyServer extends LocalServer {
  override readonly name = 'toxiproxy';
  readonly #program: string;

  constructor(options: ServerOptions, program: string) {
    super(options);
    this.#program = program;
  }

  async addProxy({ name, listenPort, upstreamPort }: ProxyRoute): Promise<void> {
    const [listen, upstream] = [`${loopback}:${listenPort}`, `${loopback}:${upstreamPort}`];
    await this.#request('POST', '/proxies', { name, listen, upstream, enabled: true });
  }

  /** Connections that are open end with it. */
  async leadTo(proxy: string, upstreamPort: number): Promise<void> {
    await this.#request('POST', `/proxies/${proxy}`, { upstream: `${loopback}:${upstreamPort}` });
  }

  /** Disabled, it closes what is open and refuses what comes. */
  async enable(proxy: string, enabled: boolean): Promise<void> {
    await this.#request('POST', `/proxies/${proxy}`, { enabled });
  }

  async addToxic(proxy: string, name: string, toxic: Toxic): Promise<void> {
    await this.#request('POST', `/proxies/${proxy}/toxics`, { name, toxicity: 1, ...toxic });
  }

  async removeToxic(proxy: string, name: string): Promise<void> {
    await this.#request('DELETE', `/proxies/${proxy}/toxics/${name}`);
  }

  protected override commandLine(): ServerCommand {
    return {
      command: this.#program,
      args: ['-host', loopback, '-port', String(this.port)],
      env: { LOG_LEVEL: 'error' },
    };
  }

  protected override async isReady(): Promise<boolean> {
    try {
      await this.#request('GET', '/version');
      return true;
    } catch {
      return false;
    }
  }

  async #request(method: string, path: string, body?: object): Promise<void> {
    const response = await fetch(`http://${loopback}:${this.port}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // Its API is closed to browsers, and it takes fetch for one unless told otherwise.
      headers: { 'content-type': 'application/json', 'user-agent': 'tierflow' },
      signal: AbortSignal.timeout(requestTimeoutMs),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`toxiproxy: ${method} ${path}: ${response.status} ${text}`);
  }
}
