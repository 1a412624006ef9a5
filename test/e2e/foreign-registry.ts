/** Schemas of somebody else in the registry that all share. */
import type { Pipeline } from './pipeline.ts';

export class ForeignRegistry {
  readonly #url: string;
  /** Subjects of one namespace do not meet those of another. */
  readonly #prefix: string;

  constructor(pipeline: Pipeline) {
    this.#url = pipeline.environment.SCHEMA_REGISTRY_URL!;
    this.#prefix = pipeline.namespace;
  }

  /** Its id. What it refers to is at version 1 of its subject. */
  async register(
    subject: string,
    schema: object,
    references: readonly { readonly name: string; readonly subject: string }[] = [],
  ): Promise<number> {
    const body = {
      schema: JSON.stringify(schema),
      schemaType: 'AVRO',
      references: references.map(each => ({ name: each.name, subject: `${this.#prefix}-${each.subject}`, version: 1 })),
    };
    const response = await fetch(`${this.#url}/subjects/${this.#prefix}-${subject}/versions`, {
      method: 'POST',
      headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
      body: JSON.stringify(body),
    });
    const answer = (await response.json()) as { id?: number };
    if (answer.id === undefined) throw new Error(`${subject} was not registered: ${JSON.stringify(answer)}`);
    return answer.id;
  }
}

/** A zero byte, the id of the schema, the body. */
export function framed(schemaId: number, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeInt32BE(schemaId, 1);
  return Buffer.concat([head, body]);
}
