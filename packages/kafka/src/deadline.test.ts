/** A call that never settles becomes a failure like any other. */

import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { DeadlinePassed, disconnected, withDeadline } from './deadline.ts';
import { mayPass, toPortError } from './errors.ts';

const never = new Promise<never>(() => {});

test('what comes in time is passed on', async () => {
  expect(await withDeadline(Promise.resolve(1), 1000, 'reading')).toBe(1);
  await expect(withDeadline(Promise.reject(new Error('refused')), 1000, 'reading')).rejects.toThrow('refused');
});

test('what does not come is a time-out: a read may try again, an owner starts anew', async () => {
  const failure: unknown = await withDeadline(never, 10, 'reading').catch(error => error);
  expect(failure).toBeInstanceOf(DeadlinePassed);
  expect(mayPass(failure)).toBe(true);
  expect(toPortError(failure, 'a transaction')).toMatchObject({ name: 'PortFailure', code: 'timeout' });
});

test('a client that cannot say goodbye is let go', async () => {
  await disconnected({ disconnect: () => Promise.reject(new Error('closed')) });
});

interface Connection {
  connect(): Promise<unknown>;
  send(protocol: unknown): Promise<unknown>;
  rejectRequests(error: Error): void;
  disconnect(): Promise<unknown>;
}

test('the reason: a request that meets the end of its connection is never answered by kafkajs', async () => {
  const require = createRequire(import.meta.url);
  const ConnectionClass = require('kafkajs/src/network/connection.js') as new (options: object) => Connection;
  const { createLogger } = require('kafkajs/src/loggers/index.js');
  const { protocol } = require('kafkajs/src/protocol/requests/metadata/index.js');
  const socketFactory = require('kafkajs/src/network/socketFactory.js')();
  const server = createServer(socket => socket.on('error', () => {}));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  try {
    const unanswered = await Promise.all(
      // In which turn of the queue the request is on its way from the caller to the socket is nobody's business here.
      Array.from({ length: 10 }, async (_, turns) => {
        const logger = createLogger({ level: 0, logCreator: () => () => {} });
        const times = { requestTimeout: 50, connectionTimeout: 5000 };
        const connection = new ConnectionClass({ host: '127.0.0.1', port, logger, socketFactory, ...times });
        await connection.connect();
        const request = connection.send(protocol({ version: 1 })({ topics: [] }));
        for (let turn = 0; turn < turns; turn++) await null;
        connection.rejectRequests(new Error('the broker has closed the connection'));
        await connection.disconnect();
        return withDeadline(request, 500, 'a request').then(
          () => false,
          error => error instanceof DeadlinePassed,
        );
      }),
    );
    expect(unanswered).toContain(true);
  } finally {
    server.close();
  }
});
