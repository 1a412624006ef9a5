/** Names that a namespace gives to topics and transactions. Two namespaces share brokers without meeting. */

export const namespacePattern = /^[a-z0-9-]{1,32}$/;

export interface Topics {
  readonly customerEvents: string;
  readonly tierChanges: string;
  readonly customerTiers: string;
  readonly rejectedEvents: string;
  readonly tierPolicies: string;
}

export function topicsOf(namespace: string): Topics {
  return Object.freeze({
    customerEvents: `${namespace}.customer-events`,
    tierChanges: `${namespace}.tier-changes`,
    customerTiers: `${namespace}.customer-tiers`,
    rejectedEvents: `${namespace}.rejected-events`,
    tierPolicies: `${namespace}.tier-policies`,
  });
}

/** The deployment's topic for each folder of `schemas/`: the registry's subjects are named by it. */
export function schemaTopicsOf(topics: Topics) {
  return Object.freeze({
    'customer-events': topics.customerEvents,
    'tier-changes': topics.tierChanges,
    'customer-tiers': topics.customerTiers,
    'rejected-events': topics.rejectedEvents,
  });
}

/** One id per input partition: opening it fences whoever served the partition before. */
export function tieringTransactionalId(namespace: string, partition: number): string {
  return `${namespace}-tiering-${partition}`;
}

/** One id for whoever writes control records in a namespace: opening a writer fences the one before. */
export function conductorTransactionalId(namespace: string): string {
  return `${namespace}-conductor`;
}

/** The group whose one partition is the seat of the active conductor. */
export function conductorGroup(namespace: string): string {
  return `${namespace}-conductor`;
}

/** A group for each source topic, so that its lag can be seen and it can be rewound by itself. */
export function intakeGroup(namespace: string, sourceTopic: string): string {
  return `${namespace}-intake-${sourceTopic}`;
}
