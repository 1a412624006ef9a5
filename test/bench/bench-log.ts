/** The workload as tierflow's own log: the records that open it, and each event as a fact. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { openLog, parseDeployment } from '@tierflow/config/deployment';
import { parsePolicy } from '@tierflow/config/policy/parse-policy';
import { formatFileProblems } from '@tierflow/config/yaml/format-file-problems';
import type { Control, Fact } from '@tierflow/customer/events';
import { logOpening } from '@tierflow/processor/day-opening';
import type { WorkloadEvent } from './workload.ts';

export const benchPartitions = 4;

const dayMs = 86_400_000;
const currency = 'GBP';
const policyFile = new URL('bench-tiers.yaml', import.meta.url);

/** Genesis, the policy, and every slice following it. No ticks: everybody is judged on the day of the own last event. */
export function benchLogOpening(namespace: string): Control[] {
  const parsed = parseDeployment({ partitions: benchPartitions, baseCurrency: currency });
  if (!parsed.ok) throw new Error('The deployment of the benchmark is invalid.');
  const genesis = openLog(parsed.deployment, namespace, randomUUID());
  const policy = parsePolicy(readFileSync(policyFile, 'utf8'), parsed.deployment);
  if (!policy.ok) throw new Error(formatFileProblems(policyFile.pathname, policy.problems));
  const { document, json, hash } = policy;
  return logOpening(genesis, {
    type: 'PolicyPublished',
    policyId: document.policy,
    version: document.version,
    hash,
    document: json,
  });
}

export function factOf(event: WorkloadEvent): Fact {
  const { eventId, customerId, occurredAt } = event;
  const businessDay = Math.floor(occurredAt / dayMs);
  const base = { eventId, source: 'bench', customerId, occurredAt, businessDay, bootstrap: false };
  switch (event.type) {
    case 'purchase':
      return {
        type: 'PurchaseRecorded',
        ...base,
        orderId: null,
        amountMinor: event.amountMinor,
        currency,
        amountBaseMinor: event.amountMinor,
        marginBaseMinor: null,
        channel: null,
      };
    case 'refund':
      return {
        type: 'PurchaseRefunded',
        ...base,
        orderId: null,
        amountMinor: event.amountMinor,
        currency,
        amountBaseMinor: event.amountMinor,
        channel: null,
      };
    case 'interaction':
      return {
        type: 'InteractionRecorded',
        ...base,
        kind: event.kind,
        topic: null,
        responseSeconds: null,
        costBaseMinor: null,
      };
    case 'feedback':
      return {
        type: 'FeedbackReceived',
        ...base,
        scoreHundredths: event.score * 100,
        scaleHundredths: 500,
        topic: null,
        complaint: false,
      };
  }
}
