import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PortFailure } from '@tierflow/processor/errors';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { eventCodec } from './event-codec.ts';
import { connectRegistry, SchemaRefused } from './registry.ts';
import { recordSchema, recordSchemas, type SchemaTopic, schemaTopics, subjectOf } from './schemas.ts';

declare module 'vitest' {
  interface ProvidedContext {
    schemaRegistryUrl: string;
  }
}

let url: string;
let namespaces = 0;

/** Topics, and so subjects, that no other test has. */
function ownTopics(): Record<SchemaTopic, string> {
  const namespace = `registry-test-${process.pid}-${namespaces++}`;
  return Object.fromEntries(schemaTopics.map(topic => [topic, `${namespace}.${topic}`])) as Record<SchemaTopic, string>;
}

async function call(method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect(response.status).toBe(200);
  return response.json();
}

beforeAll(() => {
  url = inject('schemaRegistryUrl');
});

const tick = { type: 'ClockTicked', day: 19_675 } as const;

describe('registering', () => {
  it('twice gives the same ids, and so does looking up', async () => {
    const topics = ownTopics();
    const ids = await connectRegistry({ url, topics }).register();
    expect([...ids.keys()]).toEqual([...recordSchemas.keys()]);
    expect(await connectRegistry({ url, topics }).register()).toEqual(ids);
    expect(await connectRegistry({ url, topics }).lookUp()).toEqual(ids);
  });

  it('guards every subject by BACKWARD', async () => {
    const topics = ownTopics();
    await connectRegistry({ url, topics }).register();
    for (const schema of recordSchemas.values()) {
      expect(await call('GET', `/config/${subjectOf(schema, topics)}`)).toEqual({ compatibilityLevel: 'BACKWARD' });
    }
  });

  it('guards a subject that was left unguarded, and leaves a stricter level', async () => {
    const topics = ownTopics();
    const registry = connectRegistry({ url, topics });
    const unguarded = recordSchema('ClockTicked');
    const strict = recordSchema('LogOpened');
    await call('POST', `/subjects/${subjectOf(unguarded, topics)}/versions`, { schema: unguarded.text });
    await call('POST', `/subjects/${subjectOf(strict, topics)}/versions`, { schema: strict.text });
    await call('PUT', `/config/${subjectOf(strict, topics)}`, { compatibility: 'FULL_TRANSITIVE' });
    await registry.register();
    const levelOf = (subject: string) => call('GET', `/config/${subject}`);
    expect(await levelOf(subjectOf(unguarded, topics))).toEqual({ compatibilityLevel: 'BACKWARD' });
    expect(await levelOf(subjectOf(strict, topics))).toEqual({ compatibilityLevel: 'FULL_TRANSITIVE' });
  });

  it('names the file that cannot follow what is registered', async () => {
    const topics = ownTopics();
    const schema = recordSchema('ClockTicked');
    const other = { ...JSON.parse(schema.text), fields: [{ name: 'hour', type: 'int' }] };
    await call('POST', `/subjects/${subjectOf(schema, topics)}/versions`, { schema: JSON.stringify(other) });
    const refusal = await connectRegistry({ url, topics })
      .register()
      .catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(SchemaRefused);
    expect((refusal as Error).message).toContain('schemas/customer-events/clock-ticked.avsc');
  });

  it('of an older release still gives the older id', async () => {
    const topics = ownTopics();
    const ids = await connectRegistry({ url, topics }).register();
    const schema = recordSchema('ClockTicked');
    const later = JSON.parse(schema.text);
    later.fields.push({ name: 'note', type: ['null', 'string'], default: null });
    await call('POST', `/subjects/${subjectOf(schema, topics)}/versions`, { schema: JSON.stringify(later) });
    expect(await connectRegistry({ url, topics }).register()).toEqual(ids);
  });
});

describe('reading', () => {
  it('learns what a later release wrote', async () => {
    const topics = ownTopics();
    const registry = connectRegistry({ url, topics });
    const codec = eventCodec(registry, await registry.register());
    const schema = recordSchema('ClockTicked');
    const later = JSON.parse(schema.text);
    later.fields.push({ name: 'note', type: ['null', 'string'], default: null });
    const { id } = (await call('POST', `/subjects/${subjectOf(schema, topics)}/versions`, {
      schema: JSON.stringify(later),
    })) as { id: number };
    const header = Buffer.alloc(5);
    header.writeInt32BE(id, 1);
    const body = codec.encodeEvent(tick).subarray(5);
    expect(await codec.read(Buffer.concat([header, body, Buffer.from([2, 4, 0x68, 0x69])]))).toEqual(tick);
  });

  it('takes an id that the registry does not have for a data error', async () => {
    const registry = connectRegistry({ url, topics: ownTopics() });
    const codec = eventCodec(registry, await registry.register());
    expect(await codec.read(Buffer.from([0, 0x7f, 0xff, 0xff, 0xff, 0]))).toMatchObject({ reason: 'unknownSchema' });
    expect(await codec.read(Buffer.from([0, 0xff, 0xff, 0xff, 0xff, 0]))).toMatchObject({ reason: 'unknownSchema' });
  });

  it('takes a schema that is not Avro for a data error', async () => {
    const topics = ownTopics();
    const registry = connectRegistry({ url, topics });
    const codec = eventCodec(registry, await registry.register());
    const { id } = (await call('POST', `/subjects/${topics['customer-events']}-json/versions`, {
      schemaType: 'JSON',
      schema: '{"$schema":"http://json-schema.org/draft-07/schema#","type":"object"}',
    })) as { id: number };
    const header = Buffer.alloc(5);
    header.writeInt32BE(id, 1);
    expect(await codec.read(header)).toMatchObject({ reason: 'unknownRecord' });
  });

  it('stalls while the registry does not know our own schemas: it was emptied, or it is not the registry', async () => {
    const registry = connectRegistry({ url, topics: ownTopics() });
    await expect(registry.writerSchema(2 ** 31 - 1)).rejects.toMatchObject({ name: 'PortFailure', code: 'registry' });
  });
});

describe('a registry that gives no answer', () => {
  const value = Buffer.from([0, 0x7f, 0xff, 0xff, 0xff, 0]);

  it('is a failure to wait out when nobody listens', async () => {
    const dead = connectRegistry({ url: 'http://127.0.0.1:1/apis/ccompat/v7', topics: ownTopics() });
    await expect(dead.register()).rejects.toBeInstanceOf(PortFailure);
    await expect(dead.lookUp()).rejects.toBeInstanceOf(PortFailure);
    await expect(dead.writerSchema(1)).rejects.toBeInstanceOf(PortFailure);
  });

  it.each([
    ['fails', (respond: Respond) => respond(500, '{"error_code":50001,"message":"down"}')],
    ['is a proxy with a page of its own', (respond: Respond) => respond(200, '<html>')],
    ['does not find anything', (respond: Respond) => respond(404, '{"error_code":40403}')],
    ['never answers', () => {}],
  ])('is one when it %s', async (_, answer) => {
    const server = createServer((_request, response) => {
      answer((status, body) => response.writeHead(status, { 'content-type': 'application/json' }).end(body));
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const broken = connectRegistry({ url: `http://127.0.0.1:${port}`, topics: ownTopics(), timeoutMs: 200 });
      const ids = new Map([...recordSchemas.keys()].map((record, i) => [record, i + 1]));
      await expect(eventCodec(broken, ids).read(value)).rejects.toBeInstanceOf(PortFailure);
      await expect(broken.register()).rejects.toBeInstanceOf(PortFailure);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

type Respond = (status: number, body: string) => void;
