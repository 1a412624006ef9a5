/**
 * Schemas of others by their id, together with the schemas that they refer to. The client of the registry is not asked:
 * it builds types by rules of its own, and what is refused here must be known to be the registry's own word.
 */
import { PortFailure } from '@tierflow/processor/errors';
import type { SchemaRegistry } from './schema-registry.ts';

export type ForeignSchema =
  | {
      readonly kind: 'avro';
      readonly text: string;
      /** What it refers to, each after what it refers to itself. */
      readonly referred: readonly string[];
    }
  | { readonly kind: 'notAvro'; readonly schemaType: string }
  | { readonly kind: 'unknownSchema' };

export interface ForeignSchemaRegistry {
  /** Throws PortFailure where the registry gives no answer. */
  schema(id: number): Promise<ForeignSchema>;
}

interface Registered {
  readonly schema: string;
  readonly schemaType?: string;
  readonly references?: readonly { readonly subject: string; readonly version: number }[];
}

export function connectForeignSchemas(url: string, own: SchemaRegistry, timeoutMs = 10_000): ForeignSchemaRegistry {
  const base = url.replace(/\/+$/, '');

  async function get(path: string): Promise<Registered | null> {
    try {
      const response = await fetch(`${base}${path}`, { signal: AbortSignal.timeout(timeoutMs) });
      if (response.status === 404) return null;
      if (!response.ok) throw new Error(`status ${response.status}: ${(await response.text()).slice(0, 200)}`);
      const answer = (await response.json()) as Registered;
      if (typeof answer.schema !== 'string') throw new Error('the answer has no schema');
      return answer;
    } catch (error) {
      throw new PortFailure('registry', `Schema registry: GET ${path}: ${(error as Error).message}`, error);
    }
  }

  /** Depth first. Several may refer to the same one, which is defined once. */
  async function collect({ references = [] }: Registered, into: Map<string, string>): Promise<void> {
    for (const { subject, version } of references) {
      const path = `/subjects/${encodeURIComponent(subject)}/versions/${version}`;
      if (into.has(path)) continue;
      const referred = await get(path);
      if (referred === null) throw new PortFailure('registry', `Schema registry: GET ${path}: referred to, not found`);
      await collect(referred, into);
      into.set(path, referred.schema);
    }
  }

  return {
    async schema(id) {
      const found = await get(`/schemas/ids/${id}`);
      if (found === null) {
        // An emptied registry and a wrong path answer 404 to everything: the word counts while ours are known.
        await own.lookUp();
        return { kind: 'unknownSchema' };
      }
      const { schema: text, schemaType = 'AVRO' } = found;
      if (schemaType !== 'AVRO') return { kind: 'notAvro', schemaType };
      const referred = new Map<string, string>();
      await collect(found, referred);
      return { kind: 'avro', text, referred: [...referred.values()] };
    },
  };
}
