/** The tables of names, kinds and topics that states refer to by position. They grow in log order only. */
import type { NameTable } from '@tierflow/customer/customer-codec';

/** Kinds every partition knows from the start, so that the usual ones need no log order. */
const presetKinds = [
  'other',
  'visit',
  'view',
  'download',
  'webinar',
  'call',
  'meeting',
  'email',
  'service',
  'campaign',
  'coupon',
  'chat',
] as const;
const kindsMax = 200;
const presetTopics = ['other'] as const;
const topicsMax = 1000;
/** The whole table is written whenever it grows; a longer text is no topic but prose. */
const topicLengthMax = 256;

class Table {
  readonly values: string[] = [];
  private readonly indexes = new Map<string, number>();

  constructor(preset: readonly string[]) {
    for (const value of preset) this.add(value);
  }

  find(value: string): number | undefined {
    return this.indexes.get(value);
  }

  add(value: string): number {
    this.values.push(value);
    this.indexes.set(value, this.values.length - 1);
    return this.values.length - 1;
  }
}

export interface NameTablesSnapshot {
  readonly names: readonly string[];
  readonly kinds: readonly string[];
  readonly topics: readonly string[];
}

export class NameTables implements NameTable {
  /** Since the last snapshot. */
  changed = false;
  private readonly names = new Table([]);
  private readonly kinds = new Table(presetKinds);
  private readonly topics = new Table(presetTopics);

  restore({ names, kinds, topics }: NameTablesSnapshot): void {
    for (const name of names) this.intern(name);
    for (const kind of kinds) this.kindIndex(kind);
    for (const topic of topics) this.topicIndex(topic);
  }

  snapshot(): NameTablesSnapshot {
    return { names: this.names.values, kinds: this.kinds.values, topics: this.topics.values };
  }

  /** Grows the table by a new kind; a full table counts the rest as `other`. */
  kindIndex(kind: string): number {
    const known = this.kinds.find(kind);
    if (known !== undefined) return known;
    if (this.kinds.values.length >= kindsMax) return 0;
    this.changed = true;
    return this.kinds.add(kind);
  }

  /** Grows the table by a new topic; a full table counts the rest as `other`. */
  topicIndex(topic: string): number {
    const known = this.topics.find(topic);
    if (known !== undefined) return known;
    if (this.topics.values.length >= topicsMax || topic.length > topicLengthMax) return 0;
    this.changed = true;
    return this.topics.add(topic);
  }

  topicAt(index: number): string {
    return this.topics.values[index]!;
  }

  intern(name: string): void {
    if (this.names.find(name) === undefined) this.names.add(name);
  }

  indexOf(name: string): number {
    return this.names.find(name)!;
  }

  nameAt(index: number): string {
    return this.names.values[index]!;
  }
}
