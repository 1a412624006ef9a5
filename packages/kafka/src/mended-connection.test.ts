/** What kafkajs' own connection does when its broker goes away at the worst moment. */
import { createRequire } from 'node:module';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DeadlinePassed, withDeadline } from './deadline.ts';
import { type Connection, ConnectionClass } from './mended-connection.ts';

const require = createRequire(import.meta.url);
const { createLogger } = require('kafkajs/src/loggers/index.js');
const { protocol } = require('kafkajs/src/protocol/requests/metadata/index.js');
const socketFactory = require('kafkajs/src/network/socketFactory.js')();
const metadata = () => protocol({ version: 1 })({ topics: [] });

let server: Server;
let answer: (socket: Socket, request: Buffer) => void;

beforeEach(async () => {
  answer = () => {};
  server = createServer(socket => socket.on('error', () => {}).on('data', request => answer(socket, request)));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
});

afterEach(() => {
  server.close();
});

function open(requestTimeout: number): Connection {
  const logger = createLogger({ level: 0, logCreator: () => () => {} });
  const { port } = server.address() as { port: number };
  return new ConnectionClass({
    host: '127.0.0.1',
    port,
    logger,
    socketFactory,
    requestTimeout,
    connectionTimeout: 5000,
  });
}

/** No broker, no controller, no topic. */
function emptyMetadata(request: Buffer): Buffer {
  const frame = Buffer.alloc(20);
  frame.writeInt32BE(frame.length - 4, 0);
  request.copy(frame, 4, 8, 12);
  return frame;
}

test('an answer that was cut short does not spoil those of the next connection', async () => {
  const connection = open(1000);
  answer = (socket, request) => socket.end(emptyMetadata(request).subarray(0, 11));
  await connection.connect();
  await expect(connection.send(metadata())).rejects.toThrow('Closed connection');

  answer = (socket, request) => socket.write(emptyMetadata(request));
  await connection.connect();
  expect(await connection.send(metadata())).toMatchObject({ brokers: [], topicMetadata: [] });
  await connection.disconnect();
});

test('a request that meets the end of its connection is never answered, which is why calls have deadlines', async () => {
  const unanswered = await Promise.all(
    // In which turn of the queue the request is on its way from the caller to the socket is nobody's business here.
    Array.from({ length: 10 }, async (_, turns) => {
      const connection = open(50);
      await connection.connect();
      const request = connection.send(metadata());
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
});
