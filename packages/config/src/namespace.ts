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

/** One id per input partition: opening it fences whoever served the partition before. */
export function tieringTransactionalId(namespace: string, partition: number): string {
  return `${namespace}-tiering-${partition}`;
}
