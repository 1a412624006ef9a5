/** Source topics → mapped facts in customer-events; what is not accepted → rejected-events. Run one or more. */
import { readEnvironment } from '@tierflow/config/environment';
import { formatSettingProblems } from '@tierflow/config/setting-problem';
import { refuseStart, runService } from '@tierflow/telemetry/run-service';
import { SourcesRefused } from './read-sources.ts';
import { wireIntake } from './wire.ts';

const result = readEnvironment(process.env);
if (!result.ok) refuseStart(formatSettingProblems(result.problems));
const { environment } = result;

await runService('intake', environment, async logger => {
  const { intake, metrics, stop } = await wireIntake(environment, logger).catch(error => {
    if (error instanceof SourcesRefused) refuseStart(error.message);
    throw error;
  });
  return { registry: metrics.registry, readiness: () => intake.readiness(), start: () => intake.start(), stop };
});
