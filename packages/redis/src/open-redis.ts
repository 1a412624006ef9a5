/**
 * A connection that never hides its loss. ioredis by default queues commands while it is away and resends those whose
 * reply was lost. Here both would be harmful: a commit that is sent again or late may come from an owner that has
 * changed its mind. So whatever is in flight fails at once, whatever is called while it is away fails at once, and only
 * the connection itself comes back by itself.
 */
import { Redis, type RedisOptions } from 'ioredis';
import { toPortError } from './errors.ts';

export interface RedisConnectionOptions {
  /** `redis://` or, with TLS, `rediss://`; may carry user, password and database. */
  readonly url: string;
  /** After this time without a reply a command fails with its outcome unknown, and the connection is replaced. */
  readonly commandTimeoutMs?: number;
  readonly connectTimeoutMs?: number;
  /** Shown by CLIENT LIST. */
  readonly name?: string;
  /** Hears of lost connections and failed attempts. The client goes on trying. */
  readonly onConnectionError?: (error: Error) => void;
}

const reconnectDelayMsMin = 50;
const reconnectDelayMsMax = 2_000;

/** Resolves once Redis is ready, which is after it has loaded its data; fails with a PortFailure if the first attempt does. */
export async function openRedis(options: RedisConnectionOptions): Promise<Redis> {
  const commandTimeoutMs = options.commandTimeoutMs ?? 10_000;
  const settings = {
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    // Fails what is in flight at the first loss, instead of at the twentieth.
    maxRetriesPerRequest: 0,
    commandTimeout: commandTimeoutMs,
    // A connection that times out once may be dead without a sign. Its replacement is the only cure.
    socketTimeout: commandTimeoutMs,
    connectTimeout: options.connectTimeoutMs ?? 5_000,
    // After a failover the old connection may lead to a replica for ever.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
    retryStrategy: (attempt: number) => Math.min(reconnectDelayMsMin * 2 ** (attempt - 1), reconnectDelayMsMax),
    connectionName: options.name,
  } satisfies RedisOptions;
  const client = new Redis(options.url, settings);
  let firstError: unknown;
  client.on('error', (error: Error) => {
    firstError ??= error;
    options.onConnectionError?.(error);
  });
  try {
    await client.connect();
    return client;
  } catch (error) {
    client.disconnect();
    throw toPortError(firstError ?? error);
  }
}
