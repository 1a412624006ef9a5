/**
 * `/metrics`, `/healthz` and `/readyz` of a service. Health is that the event loop turns, never that Kafka or Redis
 * answer: restarting a process does not mend a broker. Readiness says what is missing.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';

export interface Readiness {
  readonly ready: boolean;
  readonly detail: string;
}

export interface TelemetryServer {
  readonly port: number;
  close(): Promise<void>;
}

export async function startTelemetryServer(
  port: number,
  registry: Registry,
  readiness: () => Readiness,
): Promise<TelemetryServer> {
  const server = createServer(async (request, response) => {
    const answer = (status: number, text: string, type = 'text/plain; charset=utf-8'): void => {
      response.writeHead(status, { 'content-type': type }).end(text);
    };
    if (request.method !== 'GET') return answer(405, 'Only GET is served.\n');
    switch (new URL(request.url ?? '/', 'http://localhost').pathname) {
      case '/metrics':
        try {
          return answer(200, await registry.metrics(), registry.contentType);
        } catch (error) {
          return answer(503, `The metrics cannot be read now: ${error instanceof Error ? error.message : error}\n`);
        }
      case '/healthz':
        return answer(200, 'ok\n');
      case '/readyz': {
        const { ready, detail } = readiness();
        return answer(ready ? 200 : 503, `${detail}\n`);
      }
      default:
        return answer(404, 'Served are /metrics, /healthz and /readyz.\n');
    }
  });
  await listen(server, port);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', error => {
      reject(new Error(`Port ${port} cannot be served: ${error.message}. Set METRICS_PORT to a free one.`));
    });
    server.listen(port, resolve);
  });
}
