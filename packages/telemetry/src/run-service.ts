/**
 * The life of a service's process, the same for all: open what it needs, serve metrics and probes, begin, and end at
 * SIGTERM or SIGINT with what is under way finished. What keeps it from starting is its last line, and its exit code
 * says whether starting it again may help: 2, the settings are wrong; 1, anything else.
 */
import type { Registry } from 'prom-client';
import { createLogger, type Logger } from './log.ts';
import { type Readiness, startTelemetryServer } from './telemetry-server.ts';

export interface ServiceSettings {
  readonly instance: string;
  readonly logLevel: string;
  /** 0: any free port. */
  readonly metricsPort: number;
}

export interface OpenedService {
  readonly registry: Registry;
  readiness(): Readiness;
  start(): void;
  /** Finishes what is under way and gives back what was opened. */
  stop(): Promise<void>;
}

const drainTimeoutMs = 10_000;

export async function runService(
  name: string,
  { instance, logLevel, metricsPort }: ServiceSettings,
  open: (logger: Logger) => Promise<OpenedService>,
): Promise<void> {
  const logger = createLogger(name, instance, logLevel);
  try {
    const service = await open(logger);
    const telemetry = await startTelemetryServer(metricsPort, service.registry, () => service.readiness());
    logger.info({ metricsPort: telemetry.port }, `${name} started`);
    let stopping = false;
    const shutDown = async (signal: NodeJS.Signals): Promise<void> => {
      if (stopping) return;
      stopping = true;
      logger.info({ signal }, 'draining');
      setTimeout(() => process.exit(1), drainTimeoutMs).unref();
      await service.stop();
      await telemetry.close();
      process.exit(0);
    };
    process.once('SIGTERM', shutDown);
    process.once('SIGINT', shutDown);
    service.start();
  } catch (error) {
    logger.fatal({ err: error }, `${name} cannot start`);
    process.exit(1);
  }
}

/** Settings are for a person to mend, so what is wrong with them is said in plain lines. */
export function refuseStart(problems: string): never {
  process.stderr.write(`${problems}\n`);
  process.exit(2);
}
