/** What the chaos suite relies on: a proxy passes, spoils, leads elsewhere and refuses at a word. */
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openProgress } from '../progress.ts';
import { loopback, randomPort } from './ports.ts';
import { ensureToxiproxy } from './toxiproxy-program.ts';
import { ToxiproxyServer } from './toxiproxy-server.ts';

let folder: string;
let toxiproxy: ToxiproxyServer;
let listenPort: number;
const upstreams: Server[] = [];

/** Says its name and closes. */
async function upstream(name: string): Promise<number> {
  const server = createServer(socket => socket.on('error', () => {}).end(name));
  upstreams.push(server);
  await new Promise<void>(resolve => server.listen(0, loopback, resolve));
  return (server.address() as { port: number }).port;
}

function heard(): Promise<string> {
  return new Promise(resolve => {
    let text = '';
    const socket = connect({ host: loopback, port: listenPort });
    socket.setEncoding('utf8').on('data', piece => {
      text += piece;
    });
    socket.on('error', () => {}).on('close', () => resolve(text));
  });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tierflow-toxiproxy-'));
  const program = await ensureToxiproxy(openProgress());
  const options = { dataDir: folder, port: await randomPort(), logFile: join(folder, 'toxiproxy.log') };
  toxiproxy = new ToxiproxyServer(options, program);
  await toxiproxy.start();
  listenPort = await randomPort();
});

afterAll(async () => {
  await toxiproxy?.stop();
  for (const server of upstreams) server.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a proxy passes what comes, cuts it short, refuses it, and leads elsewhere', async () => {
  await toxiproxy.addProxy({ name: 'way', listenPort, upstreamPort: await upstream('first') });
  expect(await heard()).toBe('first');

  await toxiproxy.addToxic('way', 'short', { type: 'limit_data', stream: 'downstream', attributes: { bytes: 2 } });
  expect(await heard()).toBe('fi');
  await toxiproxy.removeToxic('way', 'short');

  await toxiproxy.enable('way', false);
  expect(await heard()).toBe('');
  await toxiproxy.enable('way', true);

  await toxiproxy.leadTo('way', await upstream('second'));
  expect(await heard()).toBe('second');
});
