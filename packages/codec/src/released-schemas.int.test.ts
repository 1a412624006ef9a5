import { beforeAll, describe, expect, inject, it } from 'vitest';
import { connectRegistry, SchemaRefused } from './registry.ts';
import { recordSchema, recordSchemas, type SchemaTopic, schemaTopics, subjectOf } from './schemas.ts';
import { allowedMutations, forbiddenMutations, type SchemaMutation } from './testing/schema-mutations.ts';

let url: string;
beforeAll(() => {
  url = inject('schemaRegistryUrl');
});

/** Subjects of one deployment in which every schema of today is registered. */
function topicsOf(namespace: string): Record<SchemaTopic, string> {
  const names = schemaTopics.map(topic => [topic, `${namespace}-${process.pid}.${topic}`]);
  return Object.fromEntries(names) as Record<SchemaTopic, string>;
}

/** A later build, in which one schema was changed and nobody ran its tests. */
function laterRegistry(topics: Record<SchemaTopic, string>, { record, mutate }: Later) {
  const schema = recordSchema(record);
  const changed = { ...schema, text: JSON.stringify(mutate(JSON.parse(schema.text))) };
  return connectRegistry({ url, topics, schemas: new Map([[record, changed]]) });
}

type Later = Pick<SchemaMutation, 'record' | 'mutate'>;

describe('what is registered', () => {
  const topics = topicsOf('released');
  beforeAll(async () => {
    await connectRegistry({ url, topics }).register();
  });

  it.each(forbiddenMutations.filter(({ registryRefuses }) => registryRefuses))('refuses $name', async mutation => {
    const refusal = await laterRegistry(topics, mutation)
      .register()
      .catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(SchemaRefused);
    const { message } = refusal as SchemaRefused;
    expect(message).toContain(`${recordSchema(mutation.record).file} cannot follow what is registered`);
    expect(message).toContain('schemas/README.md');
  });

  it.each(allowedMutations)('is followed by $name', async mutation => {
    const [id] = [...(await laterRegistry(topics, mutation).register()).values()];
    expect(id).toBeTypeOf('number');
  });
});

it('is guarded even where somebody had the check switched off before the first registration', async () => {
  const topics = topicsOf('unguarded');
  const subjects = [...recordSchemas.values()].map(schema => subjectOf(schema, topics));
  // Apicurio takes NONE only for a subject that it knows; setting another level first makes it known.
  for (const subject of subjects) {
    await setLevel(subject, 'BACKWARD');
    await setLevel(subject, 'NONE');
  }
  await connectRegistry({ url, topics }).register();
  for (const subject of subjects) expect(await levelOf(subject)).toBe('BACKWARD');
});

async function setLevel(subject: string, compatibility: string): Promise<void> {
  const response = await fetch(`${url}/config/${subject}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ compatibility }),
  });
  expect(response.status).toBe(200);
}

async function levelOf(subject: string): Promise<unknown> {
  const level = (await (await fetch(`${url}/config/${subject}`)).json()) as { readonly compatibilityLevel?: string };
  return level.compatibilityLevel;
}
