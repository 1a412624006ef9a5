/** customer-events → fold → Redis → tier-changes, customer-tiers. Run as many as there are partitions. */
import { readEnvironment } from '@tierflow/config/environment';
import { formatSettingProblems } from '@tierflow/config/setting-problem';
import { refuseStart, runService } from '@tierflow/telemetry/run-service';
import { wireTiering } from './wire.ts';

const result = readEnvironment(process.env);
if (!result.ok) refuseStart(formatSettingProblems(result.problems));
const { environment } = result;

await runService('tiering', environment, async logger => {
  const { tiering, metrics, stop } = await wireTiering(environment, process.env.TIERFLOW_FAILPOINT, logger);
  return { registry: metrics.registry, readiness: () => tiering.readiness(), start: () => tiering.start(), stop };
});
