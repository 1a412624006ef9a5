/** customer-events → fold → Redis → tier-changes, customer-tiers. Run as many as there are partitions. */
import { readEnvironment } from '@tierflow/config/environment';
import { formatSettingProblems } from '@tierflow/config/setting-problem';
import { createLogger } from '@tierflow/telemetry/log';
import { startTelemetryServer } from '@tierflow/telemetry/telemetry-server';
import { wireTiering } from './wire.ts';

const drainTimeoutMs = 10_000;

const result = readEnvironment(process.env);
if (!result.ok) {
  process.stderr.write(`${formatSettingProblems(result.problems)}\n`);
  process.exit(2);
}
const { environment } = result;
const logger = createLogger('tiering', environment.instance, environment.logLevel);

try {
  const { tiering, metrics, stop } = await wireTiering(environment, process.env.TIERFLOW_FAILPOINT, logger);
  const telemetry = await startTelemetryServer(environment.metricsPort, metrics.registry, () => tiering.readiness());
  logger.info({ metricsPort: telemetry.port }, 'tiering started');
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
  tiering.start();
} catch (error) {
  logger.fatal({ err: error }, 'tiering cannot start');
  process.exit(1);
}
