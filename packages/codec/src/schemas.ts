/** The schemas of `schemas/`, read once. Nothing else defines a field on the wire. */
import { readdirSync, readFileSync } from 'node:fs';
import type { CustomerTiers, TierRecord } from '@tierflow/customer/changes';
import type { LogEvent } from '@tierflow/customer/events';
import avsc from 'avsc';
import { useExactLongs } from './exact-long.ts';
import type { RejectedEvent } from './rejected-event.ts';

/** The folders of `schemas/`: a deployment's topics are these names behind its namespace. */
export const schemaTopics = ['customer-events', 'tier-changes', 'customer-tiers', 'rejected-events'] as const;
export type SchemaTopic = (typeof schemaTopics)[number];

type RecordByEvent = { readonly [E in LogEvent as E['type']]: E };
type RecordByStanding = { readonly [R in TierRecord as R['type']]: R };

export interface RecordByName extends RecordByEvent, RecordByStanding {
  readonly CustomerTiers: CustomerTiers;
  readonly RejectedEvent: RejectedEvent;
}

export type RecordName = keyof RecordByName;

export interface RecordSchema {
  readonly record: RecordName;
  readonly topic: SchemaTopic;
  /** Path from the root of the repository, for messages. */
  readonly file: string;
  readonly text: string;
  readonly type: avsc.types.RecordType;
}

const root = new URL('../../../schemas/', import.meta.url);

export const recordSchemas: ReadonlyMap<RecordName, RecordSchema> = new Map(
  schemaTopics.flatMap(topic =>
    readdirSync(new URL(`${topic}/`, root))
      .filter(name => name.endsWith('.avsc'))
      .sort()
      .map(name => {
        const schema = readSchema(topic, name);
        return [schema.record, schema] as const;
      }),
  ),
);

export function recordSchema(record: RecordName): RecordSchema {
  const schema = recordSchemas.get(record);
  if (schema === undefined) throw new Error(`schemas/ has no record ${record}`);
  return schema;
}

/** Records of a topic that has several say in `type` what they are; it is the schema's name, no field of it. */
export function isTagged(topic: SchemaTopic): boolean {
  return topic === 'customer-events' || topic === 'tier-changes';
}

/** TopicRecordNameStrategy. */
export function subjectOf(schema: RecordSchema, topics: Readonly<Record<SchemaTopic, string>>): string {
  return `${topics[schema.topic]}-${schema.type.name}`;
}

function readSchema(topic: SchemaTopic, name: string): RecordSchema {
  const text = readFileSync(new URL(`${topic}/${name}`, root), 'utf8');
  const type = avsc.Type.forSchema(JSON.parse(text), {
    wrapUnions: 'never',
    omitRecordMethods: true,
    typeHook: useExactLongs,
  });
  const record = type.name?.replace('tierflow.v1.', '') as RecordName;
  return { record, topic, file: `schemas/${topic}/${name}`, text, type: type as avsc.types.RecordType };
}
