/** Changes of a schema that somebody might make one day, and who stops them; for tests. */
import type { RecordName } from '../schemas.ts';
import type { Schema, SchemaField, SchemaObject } from './backward-problems.ts';

export interface SchemaMutation {
  readonly name: string;
  readonly record: RecordName;
  readonly mutate: (schema: SchemaObject) => SchemaObject;
  /** What the build says against it. */
  readonly problem: string;
  /** Avro calls some changes compatible that lose or twist what was written: only the build refuses them. */
  readonly registryRefuses: boolean;
}

export const forbiddenMutations: readonly SchemaMutation[] = [
  {
    name: 'a new field without a default',
    record: 'PurchaseRecorded',
    mutate: adding({ name: 'store', type: 'string' }),
    problem: 'PurchaseRecorded.store is new and has no default',
    registryRefuses: true,
  },
  {
    name: 'a renamed field',
    record: 'PurchaseRecorded',
    mutate: changing('amountMinor', field => ({ ...field, name: 'amount' })),
    problem: 'PurchaseRecorded.amountMinor is gone',
    registryRefuses: true,
  },
  {
    name: 'a renamed field with a default',
    record: 'InteractionRecorded',
    mutate: changing('topic', field => ({ ...field, name: 'subject' })),
    problem: 'InteractionRecorded.topic is gone',
    registryRefuses: false,
  },
  {
    name: 'a field taken away',
    record: 'FeedbackReceived',
    mutate: schema => withFields(schema, fields => fields.filter(({ name }) => name !== 'complaint')),
    problem: 'FeedbackReceived.complaint is gone',
    registryRefuses: false,
  },
  {
    name: 'a long narrowed to an int',
    record: 'PurchaseRefunded',
    mutate: changingType('amountBaseMinor', 'int'),
    problem: 'PurchaseRefunded.amountBaseMinor has changed its type: long was written, int cannot read it',
    registryRefuses: true,
  },
  {
    name: 'a number written as text',
    record: 'ClockTicked',
    mutate: changingType('day', 'string'),
    problem: 'ClockTicked.day has changed its type: int date was written, string cannot read it',
    registryRefuses: true,
  },
  {
    name: 'an optional field made obligatory',
    record: 'InteractionRecorded',
    mutate: changing('responseSeconds', ({ name }) => ({ name, type: 'long' })),
    problem: 'InteractionRecorded.responseSeconds has changed its type: null was written, long cannot read it',
    registryRefuses: true,
  },
  {
    name: 'a branch of a union taken away',
    record: 'ProfileUpdated',
    mutate: changingType('attributes', { type: 'map', values: ['null', 'boolean', 'string'] }),
    problem: 'ProfileUpdated.attributes{} has changed its type: double was written',
    registryRefuses: true,
  },
  {
    name: 'an enum symbol taken away',
    record: 'StandingOverridden',
    mutate: changingType('kind', { type: 'enum', name: 'OverrideKind', symbols: ['pin', 'floor'] }),
    problem: 'StandingOverridden.kind has lost the symbol cap',
    registryRefuses: true,
  },
  {
    name: 'a renamed enum',
    record: 'SliceSwept',
    mutate: changingType('mode', { type: 'enum', name: 'Mode', symbols: ['due', 'all'] }),
    problem: 'SliceSwept.mode has changed its type: enum SweepMode was written, enum Mode cannot read it',
    registryRefuses: true,
  },
  {
    name: 'a list made of a record',
    record: 'CustomerTiers',
    mutate: changing('standings', field => ({ ...field, type: (field.type as SchemaObject).items as Schema })),
    problem: 'CustomerTiers.standings has changed its type: array was written',
    registryRefuses: true,
  },
  {
    name: 'a new field without a default in a record within a list',
    record: 'CustomerTiers',
    mutate: changing('standings', field => {
      const list = field.type as SchemaObject;
      return { ...field, type: { ...list, items: adding({ name: 'rank', type: 'int' })(list.items as SchemaObject) } };
    }),
    problem: 'CustomerTiers.standings[].rank is new and has no default',
    registryRefuses: true,
  },
  {
    name: 'a record added without a default',
    record: 'TierChanged',
    mutate: changing('reason', ({ name, type }) => ({ name, type })),
    problem: 'TierChanged.reason is new and has no default',
    // It compares with the latest version alone, in which the record is there already.
    registryRefuses: false,
  },
  {
    name: 'a field narrowed in a record within a union',
    record: 'TierChanged',
    mutate: changing('trigger', field => {
      const [none, trigger] = field.type as readonly Schema[];
      return {
        ...field,
        type: [none as Schema, changingType('occurredAt', 'int')(trigger as SchemaObject)],
      };
    }),
    problem: 'TierChanged.trigger.occurredAt has changed its type',
    registryRefuses: true,
  },
  {
    name: 'milliseconds read as microseconds',
    record: 'OverrideEnded',
    mutate: changingType('occurredAt', { type: 'long', logicalType: 'timestamp-micros' }),
    problem: 'OverrideEnded.occurredAt has changed its meaning: long timestamp-millis was written',
    registryRefuses: false,
  },
  {
    name: 'days read as a mere number',
    record: 'CustomerForgotten',
    mutate: changingType('businessDay', 'long'),
    problem: 'CustomerForgotten.businessDay has changed its meaning: int date was written, long would be read',
    registryRefuses: false,
  },
  {
    name: 'a renamed record',
    record: 'LogOpened',
    mutate: schema => ({ ...schema, name: 'LogBegun' }),
    problem: 'LogOpened has changed its type: record LogOpened was written, record LogBegun cannot read it',
    // A record's name is part of its subject: the registry takes the renamed one for a new subject.
    registryRefuses: false,
  },
];

export const allowedMutations: readonly Pick<SchemaMutation, 'name' | 'record' | 'mutate'>[] = [
  {
    name: 'a new field with a default',
    record: 'PurchaseRecorded',
    mutate: adding({ name: 'store', type: ['null', 'string'], default: null }),
  },
  {
    name: 'an obligatory field made optional',
    record: 'RejectedEvent',
    mutate: changing('message', field => ({ ...field, type: ['null', 'string'] })),
  },
  { name: 'an int widened to a long', record: 'TierChanged', mutate: changingType('revision', 'long') },
  {
    name: 'a new enum symbol',
    record: 'SliceSwept',
    mutate: changingType('mode', { type: 'enum', name: 'SweepMode', symbols: ['due', 'all', 'index', 'ranked'] }),
  },
  {
    name: 'a new field with a default in a record within a list',
    record: 'CustomerTiers',
    mutate: changing('standings', field => {
      const list = field.type as SchemaObject;
      const rank = { name: 'rank', type: ['null', 'int'], default: null };
      return { ...field, type: { ...list, items: adding(rank)(list.items as SchemaObject) } };
    }),
  },
  {
    name: 'fields in another order',
    record: 'PolicyPublished',
    mutate: schema => withFields(schema, fields => fields.toReversed()),
  },
];

function withFields(
  schema: SchemaObject,
  change: (fields: readonly SchemaField[]) => readonly SchemaField[],
): SchemaObject {
  return { ...schema, fields: change(schema.fields ?? []) };
}

function adding(field: SchemaField): (schema: SchemaObject) => SchemaObject {
  return schema => withFields(schema, fields => [...fields, field]);
}

function changing(name: string, change: (field: SchemaField) => SchemaField): (schema: SchemaObject) => SchemaObject {
  return schema => withFields(schema, fields => fields.map(field => (field.name === name ? change(field) : field)));
}

function changingType(name: string, type: Schema): (schema: SchemaObject) => SchemaObject {
  return changing(name, field => ({ ...field, type }));
}
