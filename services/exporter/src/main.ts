/** Redis flow and stock counters, and lag, to Prometheus. One is enough; a second one shows the same. */
import { readEnvironment } from '@tierflow/config/environment';
import { formatSettingProblems } from '@tierflow/config/setting-problem';
import { refuseStart, runService } from '@tierflow/telemetry/run-service';
import { wireExporter } from './wire.ts';

const result = readEnvironment(process.env);
if (!result.ok) refuseStart(formatSettingProblems(result.problems));
const { environment } = result;

await runService('exporter', environment, logger => wireExporter(environment, logger));
