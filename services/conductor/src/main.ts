/** Opens the business days of a log. Run two: one is active, the other stands by. */
import { readEnvironment } from '@tierflow/config/environment';
import { formatSettingProblems } from '@tierflow/config/setting-problem';
import { createLogger } from '@tierflow/telemetry/log';
import { startTelemetryServer } from '@tierflow/telemetry/telemetry-server';
import { wireConductor } from './wire.ts';

const drainTimeoutMs = 10_000;

const result = readEnvironment(process.env);
if (!result.ok) {
  process.stderr.write(`${formatSettingProblems(result.problems)}\n`);
  process.exit(2);
}
const { environment } = result;
const logger = createLogger('conductor', environment.instance, environment.logLevel);

try {
  const { conductor, metrics, stop } = await wireConductor(environment, logger);
  const telemetry = await startTelemetryServer(environment.metricsPort, metrics.registry, () => conductor.readiness());
  logger.info({ metricsPort: telemetry.port }, 'conductor started');
  let stopping = false;
  const shutDown = async (signal: NodeJS.Signals): Promise<void> => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'draining');
    setTimeout(() => process.exit(1), drainTimeoutMs).unref();
    await stop();
    await telemetry.close();
    process.exit(0);
  };
  process.once('SIGTERM', shutDown);
  process.once('SIGINT', shutDown);
  conductor.start();
} catch (error) {
  logger.fatal({ err: error }, 'conductor cannot start');
  process.exit(1);
}
