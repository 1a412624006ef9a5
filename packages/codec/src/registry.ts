/**
 * The schema registry behind Confluent's API (Apicurio's `…/apis/ccompat/v7`, Confluent, Karapace).
 *
 * A record that cannot be read is rejected for ever, so "the registry does not have this schema" must be the
 * registry's own word. No answer, or any other answer, stalls.
 */
import { SchemaRegistry as Client, type COMPATIBILITY, SchemaType } from '@kafkajs/confluent-schema-registry';
import { PortFailure } from '@tierflow/processor/errors';
import avsc from 'avsc';
import type { SchemaIds, SchemaRegistry, WriterSchema } from './schema-registry.ts';
import { type RecordName, type RecordSchema, recordSchemas, type SchemaTopic, subjectOf } from './schemas.ts';

type Middleware = NonNullable<ConstructorParameters<typeof Client>[0]['middlewares']>[number];

export interface RegistryOptions {
  readonly url: string;
  /** The deployment's topic for each folder of `schemas/`: subjects carry the topic's name. */
  readonly topics: Readonly<Record<SchemaTopic, string>>;
  readonly timeoutMs?: number;
  /** What is registered and looked up: `schemas/`, unless a test has changed it. */
  readonly schemas?: ReadonlyMap<RecordName, RecordSchema>;
}

/** A schema was changed in a way that readers of what is already written could not follow. An operator must act. */
export class SchemaRefused extends Error {
  override readonly name = 'SchemaRefused';
  readonly code = 'schemaRefused';
  readonly domain = 'external';
  readonly retry = 'never';
}

export function connectRegistry({
  url,
  topics,
  timeoutMs = 10_000,
  schemas = recordSchemas,
}: RegistryOptions): SchemaRegistry {
  const base = url.replace(/\/+$/, '');
  // The client waits for ever unless every request is given its time.
  const timeLimit: Middleware = () => ({
    prepareRequest: async next => (await next()).enhance({ timeout: timeoutMs }),
  });
  const client = new Client({ host: base, middlewares: [timeLimit] });

  /**
   * A registry's default may be to check nothing (Apicurio's is), and the client sets the level after the first
   * registration only: interrupted in between, it would leave the subject unguarded. So the level is set before.
   */
  async function requireBackward(subject: string): Promise<COMPATIBILITY> {
    const address = `${base}/config/${encodeURIComponent(subject)}`;
    const current = await requestLevel(address, { method: 'GET' });
    if (current !== null && backwardOrStricter.has(current)) return current as COMPATIBILITY;
    await requestLevel(address, {
      method: 'PUT',
      headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
      body: JSON.stringify({ compatibility: 'BACKWARD' }),
    });
    return 'BACKWARD' as COMPATIBILITY;
  }

  async function requestLevel(address: string, init: RequestInit): Promise<string | null> {
    try {
      const response = await fetch(address, { ...init, signal: AbortSignal.timeout(timeoutMs) });
      if (response.status === 404 && init.method === 'GET') return null;
      if (!response.ok) throw new Error(`status ${response.status}: ${(await response.text()).slice(0, 200)}`);
      const { compatibilityLevel } = (await response.json()) as { compatibilityLevel?: string };
      return compatibilityLevel?.toUpperCase() ?? null;
    } catch (error) {
      throw unavailable(`${init.method} ${address}`, error);
    }
  }

  async function registerSchema(schema: RecordSchema): Promise<number> {
    const subject = subjectOf(schema, topics);
    const compatibility = await requireBackward(subject);
    try {
      const options = { subject, compatibility, updateConfig: false };
      return schemaId(await client.register({ type: SchemaType.AVRO, schema: schema.text }, options));
    } catch (error) {
      const status = statusOf(error);
      if (status === 409 || status === 422) {
        throw new SchemaRefused(
          `${schema.file} cannot follow what is registered as ${subject} (${compatibility}): ${messageOf(error)}. ` +
            'Give new fields a default and keep the types of the old ones: see schemas/README.md.',
          { cause: error },
        );
      }
      throw unavailable(`register ${subject}`, error);
    }
  }

  async function lookUpSchema(schema: RecordSchema): Promise<number> {
    const subject = subjectOf(schema, topics);
    try {
      return schemaId({
        id: await client.getRegistryIdBySchema(subject, { type: SchemaType.AVRO, schema: schema.text }),
      });
    } catch (error) {
      throw unavailable(`look up ${schema.file} under ${subject} (is it registered?)`, error);
    }
  }

  /** One after the other: a dozen requests once, and the first refusal is the one that is reported. */
  async function idsBy(idOf: (schema: RecordSchema) => Promise<number>): Promise<SchemaIds> {
    const ids = new Map();
    for (const schema of schemas.values()) ids.set(schema.record, await idOf(schema));
    return ids;
  }

  async function writerSchema(id: number): Promise<WriterSchema> {
    let verdict: WriterSchema;
    try {
      const type = await client.getSchema(id);
      verdict = avsc.Type.isType(type) ? { kind: 'known', type: type as unknown as avsc.Type } : { kind: 'notAvro' };
    } catch (error) {
      const status = statusOf(error);
      if (status !== null && status !== 404) throw unavailable(`read schema ${id}`, error);
      verdict = status === 404 ? { kind: 'unknownSchema' } : { kind: 'notAvro' };
    }
    // An emptied registry and a wrong path answer 404 to everything, a proxy answers with a page of its own. So a
    // verdict against a record counts only while the registry still knows a schema of ours.
    if (verdict.kind !== 'known') await lookUpSchema([...schemas.values()][0] as RecordSchema);
    return verdict;
  }

  return {
    register: () => idsBy(registerSchema),
    lookUp: () => idsBy(lookUpSchema),
    writerSchema,
  };
}

const backwardOrStricter = new Set(['BACKWARD', 'BACKWARD_TRANSITIVE', 'FULL', 'FULL_TRANSITIVE']);

/** The client takes any body of a 200 for an answer. */
function schemaId({ id }: { readonly id: unknown }): number {
  if (!Number.isInteger(id)) throw new Error('the answer has no schema id');
  return id as number;
}

/** null: it is not an answer of the registry. */
function statusOf(error: unknown): number | null {
  return error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : null;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function unavailable(attempt: string, cause: unknown): PortFailure {
  return new PortFailure('registry', `Schema registry: ${attempt}: ${messageOf(cause)}`, cause);
}
