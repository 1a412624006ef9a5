/** A service of the product as a child process of a test; its process is at hand, to be killed or frozen. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryDir } from '@tierflow/local/paths';
import { OwnedProcess } from '@tierflow/local/processes/owned-process';

export const nodeOptions = ['--disable-warning=TimeoutNegativeWarning'];
const startTimeoutMs = 60_000;

export type ServiceName = 'tiering' | 'exporter' | 'intake' | 'conductor';

export interface ServiceStart {
  readonly name: string;
  readonly service: ServiceName;
  readonly environment: NodeJS.ProcessEnv;
  readonly logFile: string;
}

export interface Service {
  readonly process: OwnedProcess;
  readonly metricsUrl: string;
}

/** Resolves when the service says that it is ready. */
export async function startService({ name, service, environment, logFile }: ServiceStart): Promise<Service> {
  const child = await OwnedProcess.start({
    name,
    command: process.execPath,
    args: [...nodeOptions, join(repositoryDir, 'services', service, 'src/main.ts')],
    env: { ...environment, METRICS_PORT: '0', TIERFLOW_INSTANCE: name },
    logFile,
  });
  let port: string | undefined;
  await child.ready(async () => {
    port ??= /"metricsPort":(\d+)/.exec(readFileSync(logFile, 'utf8'))?.[1];
    return port !== undefined && (await answers(`http://127.0.0.1:${port}/readyz`));
  }, startTimeoutMs);
  return { process: child, metricsUrl: `http://127.0.0.1:${port}/metrics` };
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
