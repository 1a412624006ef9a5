/** A registry without a server, for backtests and tests. */
import type avsc from 'avsc';
import type { SchemaIds, SchemaRegistry, WriterSchema } from './schema-registry.ts';
import { recordSchemas } from './schemas.ts';

export class InMemoryRegistry implements SchemaRegistry {
  private readonly types: avsc.Type[] = [...recordSchemas.values()].map(({ type }) => type);

  async register(): Promise<SchemaIds> {
    return new Map([...recordSchemas.keys()].map((record, i) => [record, i + 1]));
  }

  async lookUp(): Promise<SchemaIds> {
    return this.register();
  }

  async writerSchema(id: number): Promise<WriterSchema> {
    const type = this.types[id - 1];
    return type === undefined ? { kind: 'unknownSchema' } : { kind: 'known', type };
  }

  /** A schema that somebody else wrote with; its id. */
  add(type: avsc.Type): number {
    return this.types.push(type);
  }
}
