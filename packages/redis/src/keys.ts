/**
 * Every key of the product. The hash tag `{namespace:partition}` stands first in each, so all keys of a partition live
 * on one node of a cluster and one function call can write them all.
 */

/** A colon or a brace in a namespace could make one namespace's keys look like another's. */
const namespacePattern = /^[A-Za-z0-9._-]+$/;

export function checkNamespace(namespace: string): string {
  if (!namespacePattern.test(namespace)) {
    throw new RangeError(`Namespace ${JSON.stringify(namespace)} must consist of letters, digits, '.', '_' and '-'.`);
  }
  return namespace;
}

export class PartitionKeys {
  /** Begins every key of the partition. Free of glob characters, so it can stand in a SCAN pattern as it is. */
  readonly prefix: string;
  readonly meta: string;
  readonly outbox: string;
  readonly flow: string;
  readonly stock: string;
  readonly records: string;
  readonly headline: string;
  readonly digest: string;
  readonly statePrefix: string;
  readonly viewPrefix: string;
  readonly rankPrefix: string;

  constructor(namespace: string, partition: number) {
    this.prefix = `{${checkNamespace(namespace)}:${partition}}:`;
    this.meta = `${this.prefix}meta`;
    this.outbox = `${this.prefix}outbox`;
    this.flow = `${this.prefix}flow`;
    this.stock = `${this.prefix}stock`;
    this.records = `${this.prefix}records`;
    this.headline = `${this.prefix}headline`;
    this.digest = `${this.prefix}digest`;
    this.statePrefix = `${this.prefix}state:`;
    this.viewPrefix = `${this.prefix}view:`;
    this.rankPrefix = `${this.prefix}rank:`;
  }

  /** The counter hashes, in the order in which the functions take them. */
  get counters(): readonly string[] {
    return [this.flow, this.stock, this.records, this.headline];
  }

  state(customerId: string): string {
    return this.statePrefix + customerId;
  }

  /** The sequence goes before the id, which may contain anything. */
  chunk(customerId: string, sequence: number): string {
    return `${this.prefix}tiles:${sequence}:${customerId}`;
  }

  view(customerId: string): string {
    return this.viewPrefix + customerId;
  }

  due(slice: number): string {
    return `${this.prefix}due:${slice}`;
  }

  rank(ranking: string): string {
    return this.rankPrefix + ranking;
  }

  closing(day: number): string {
    return `${this.prefix}closing:${day}`;
  }
}

/** SCAN pattern for the keys of every partition of a namespace. */
export function namespaceGlob(namespace: string): string {
  return `{${checkNamespace(namespace)}:*}:*`;
}

/** Where a manual clock stands. A tag of its own beside the partitions', so that it goes when the namespace is dropped. */
export function manualClockKey(namespace: string): string {
  return `{${checkNamespace(namespace)}:clock}:day`;
}
