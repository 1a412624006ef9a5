/** Source topics → mapped facts in customer-events; what is not accepted → rejected-events. Run one or more. */
import { readEnvironment } from '@tierflow/config/environment';
import { formatSettingProblems } from '@tierflow/config/setting-problem';
import { createLogger } from '@tierflow/telemetry/log';
import { startTelemetryServer } from '@tierflow/telemetry/telemetry-server';
import { SourcesRefused } from './read-sources.ts';
import { wireIntake } from './wire.ts';

const drainTimeoutMs = 10_000;

const result = readEnvironment(process.env);
if (!result.ok) {
  process.stderr.write(`${formatSettingProblems(result.problems)}\n`);
  process.exit(2);
}
const { environment } = result;
const logger = createLogger('intake', environment.instance, environment.logLevel);

try {
  const { intake, metrics, stop } = await wireIntake(environment, logger);
  const telemetry = await startTelemetryServer(environment.metricsPort, metrics.registry, () => intake.readiness());
  logger.info({ metricsPort: telemetry.port }, 'intake started');
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
  intake.start();
} catch (error) {
  if (error instanceof SourcesRefused) {
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
  logger.fatal({ err: error }, 'intake cannot start');
  process.exit(1);
}
