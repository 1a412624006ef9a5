/** The link repeats what it should, later and elsewhere, and its client notices nothing. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { waitUntil } from '@tierflow/local/processes/wait-until';
import { loopback } from '@tierflow/local/servers/ports';
import { afterEach, expect, test } from 'vitest';
import { SplitMix64 } from '../bench/split-mix-64.ts';
import { KafkaLink } from './kafka-link.ts';

const [endTxn, metadata] = [26, 3];
const servers: Server[] = [];
const links: KafkaLink[] = [];
const clients: Socket[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await Promise.all(links.splice(0).map(link => link.close()));
  for (const server of servers.splice(0)) server.close();
});

function request(api: number, correlationId: number): Buffer {
  const frame = Buffer.alloc(40);
  frame.writeInt32BE(frame.length - 4, 0);
  frame.writeInt16BE(api, 4);
  frame.writeInt16BE(1, 6);
  frame.writeInt32BE(correlationId, 8);
  return frame;
}

/** Answers every request with its correlation id and no error, and notes by connection what it was asked. */
async function broker(): Promise<{ port: number; asked: number[][] }> {
  const asked: number[][] = [];
  const server = createServer(socket => {
    const mine: number[] = [];
    asked.push(mine);
    let rest = Buffer.alloc(0);
    socket
      .on('error', () => {})
      .on('data', bytes => {
        rest = Buffer.concat([rest, bytes]);
        for (; rest.length >= 40; rest = rest.subarray(40)) {
          mine.push(rest.readInt32BE(8));
          const answer = Buffer.alloc(14);
          answer.writeInt32BE(10, 0);
          answer.writeInt32BE(rest.readInt32BE(8), 4);
          socket.write(answer);
        }
      });
  });
  servers.push(server);
  await new Promise<void>(resolve => server.listen(0, loopback, resolve));
  return { port: (server.address() as { port: number }).port, asked };
}

test('EndTxn comes twice, on a connection of its own; whatever else comes once, and answers stay in order', async () => {
  const { port, asked } = await broker();
  const link = await KafkaLink.open(port, new SplitMix64(1));
  links.push(link);
  link.duplicatedShare = 1;
  const client = connect({ host: loopback, port: link.port });
  clients.push(client);
  let heard = Buffer.alloc(0);
  client.on('data', bytes => {
    heard = Buffer.concat([heard, bytes]);
  });
  const bytes = Buffer.concat([request(metadata, 1), request(endTxn, 2), request(metadata, 3)]);
  // In pieces that respect no frame.
  for (let from = 0; from < bytes.length; from += 7) client.write(bytes.subarray(from, from + 7));

  expect(await waitUntil(() => link.counts.staleEndTxnAccepted === 1 && heard.length === 42, 10_000)).toBe(true);
  expect([0, 14, 28].map(at => heard.readInt32BE(at + 4))).toEqual([1, 2, 3]);
  expect(asked).toEqual([[1, 2, 3], [2]]);
  expect(link.counts).toMatchObject({ endTxnSeen: 1, endTxnDuplicated: 1, staleEndTxnRefused: 0, othersDuplicated: 0 });
});
