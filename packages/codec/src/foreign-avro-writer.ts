/**
 * Writes JSON values as Avro under a schema of somebody else's, as the system that owns a source topic does. For trying
 * out the mapping of such a topic before its real records are there.
 */
import { PortFailure } from '@tierflow/processor/errors';
import avsc from 'avsc';
import { SchemaRefused } from './registry.ts';
import { encodeFramed } from './wire-format.ts';

export interface ForeignSchema {
  readonly registryUrl: string;
  readonly subject: string;
  readonly schema: string;
  readonly timeoutMs?: number;
}

/** The value is not of the schema; the message names the place in it. */
export class UnfitValue extends Error {
  override readonly name = 'UnfitValue';
}

export class ForeignAvroWriter {
  readonly #id: number;
  readonly #type: avsc.Type;

  /** Registers the schema. Throws what avsc says where it is none. */
  static async open({ registryUrl, subject, schema, timeoutMs = 10_000 }: ForeignSchema): Promise<ForeignAvroWriter> {
    const type = avsc.Type.forSchema(JSON.parse(schema), { wrapUnions: 'never' });
    const address = `${registryUrl}/subjects/${encodeURIComponent(subject)}/versions`;
    return new ForeignAvroWriter(await register(address, schema, timeoutMs), type);
  }

  private constructor(id: number, type: avsc.Type) {
    this.#id = id;
    this.#type = type;
  }

  /** The values of unions stand as they are, without Avro's `{"string": …}` around them. */
  encode(value: unknown): Buffer {
    this.#type.isValid(value, {
      errorHook: (path, found, type) => {
        const place = path.length === 0 ? 'the record' : path.join('.');
        throw new UnfitValue(`${place} is ${JSON.stringify(found) ?? 'missing'}, which is no ${type}`);
      },
    });
    return encodeFramed(this.#id, this.#type, value);
  }
}

async function register(address: string, schema: string, timeoutMs: number): Promise<number> {
  let status: number;
  let answer: string;
  try {
    const response = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
      body: JSON.stringify({ schema }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    status = response.status;
    answer = await response.text();
  } catch (error) {
    throw new PortFailure('registry', `Schema registry: POST ${address}: ${(error as Error).message}`, error);
  }
  if (status === 409 || status === 422) throw new SchemaRefused(`The registry refuses the schema: ${answer}`);
  const id = /"id"\s*:\s*(\d+)/.exec(answer)?.[1];
  if (status === 200 && id !== undefined) return Number(id);
  throw new PortFailure('registry', `Schema registry: POST ${address}: status ${status}: ${answer.slice(0, 200)}`);
}
