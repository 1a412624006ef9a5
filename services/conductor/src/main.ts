/** Opens the business days of a log. Run two: one is active, the other stands by. */
import { readEnvironment } from '@tierflow/config/environment';
import { formatSettingProblems } from '@tierflow/config/setting-problem';
import { refuseStart, runService } from '@tierflow/telemetry/run-service';
import { wireConductor } from './wire.ts';

const result = readEnvironment(process.env);
if (!result.ok) refuseStart(formatSettingProblems(result.problems));
const { environment } = result;

await runService('conductor', environment, async logger => {
  const { conductor, metrics, stop } = await wireConductor(environment, logger);
  return { registry: metrics.registry, readiness: () => conductor.readiness(), start: () => conductor.start(), stop };
});
