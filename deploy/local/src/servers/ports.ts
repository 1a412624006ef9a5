import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { UnmetNeed } from '../unmet-need.ts';

export const loopback = '127.0.0.1';

export function isPortFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: loopback, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

/** Below the range from which outgoing connections take theirs, so that nobody takes it in the meantime. */
export async function randomPort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    if (await isPortFree(port)) return port;
  }
}

export interface PortChoice {
  readonly port: number;
  /** The default that something else holds. */
  readonly insteadOf: number | null;
}

/** A port that the user named is that port or an error; a default gives way to the next free one. */
export async function choosePort(server: string, variable: string, defaultPort: number): Promise<PortChoice> {
  const named = process.env[variable];
  if (named) {
    const port = Number(named);
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      throw new UnmetNeed(`${variable}=${named} is not a port: give a number from 1 to 65535.`);
    }
    if (await isPortFree(port)) return { port, insteadOf: null };
    throw new UnmetNeed(`Port ${port} for ${server} is taken by another program. Set ${variable} to a free one.`);
  }
  for (let port = defaultPort; port < defaultPort + 100; port += 1) {
    if (await isPortFree(port)) return { port, insteadOf: port === defaultPort ? null : defaultPort };
  }
  throw new UnmetNeed(`No port from ${defaultPort} on is free for ${server}. Set ${variable} to a free one.`);
}
