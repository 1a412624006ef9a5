import { collectDefaultMetrics, type Registry } from 'prom-client';

/**
 * What Node tells of a process. Three of prom-client's gauges end in `_total`, which is for counters, so tools that check
 * metrics complain; they are sums of the series beside them, and nothing is lost without them.
 */
export function collectProcessMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry });
  for (const counted of ['handles', 'requests', 'resources'])
    registry.removeSingleMetric(`nodejs_active_${counted}_total`);
}
