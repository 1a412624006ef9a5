import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { pipelineUnderTest } from './pipeline-under-test.ts';

const pipeline = pipelineUnderTest('produce', async () => {});

const callSchema = {
  type: 'record',
  name: 'Call',
  fields: [
    { name: 'customer', type: 'string' },
    { name: 'rating', type: ['null', 'int'], default: null },
  ],
};

const topic = (name: string): string => `${pipeline().namespace}-${name}`;

function file(name: string, text: string): string {
  const path = join(pipeline().folder, name);
  writeFileSync(path, text);
  return path;
}

async function refusal(...args: readonly string[]): Promise<string> {
  const { code, stderr } = await pipeline().tryTierctl('produce', ...args);
  expect(code).toBe(1);
  return stderr;
}

test('makes a topic only when it is asked to', async () => {
  const lines = file('one.jsonl', '{"customer":"C-1"}\n');
  expect(await refusal(topic('absent'), lines)).toContain(`there is no topic ${topic('absent')}`);
  const made = await pipeline().tierctlJson('produce', topic('made'), lines, '--create', '--partitions', '3');
  expect(made).toEqual({ topic: topic('made'), created: true, partitions: 3, records: 1 });
  const again = await pipeline().tierctlJson('produce', topic('made'), lines, '--create', '--key', 'customer');
  expect(again).toEqual({ topic: topic('made'), created: false, partitions: 3, records: 1 });
});

test('writes a line that is not JSON as it is, unless something of it is needed', async () => {
  const lines = file('broken.jsonl', '{"customer":"C-1"}\n{"oops"\n');
  expect(await pipeline().tierctlJson('produce', topic('made'), lines)).toMatchObject({ records: 2 });
  expect(await refusal(topic('made'), lines, '--key', 'customer')).toContain('broken.jsonl:2 is not JSON');
  expect(await refusal(topic('made'), lines, '--key', 'customer.id')).toContain('broken.jsonl:1 has no customer.id');
});

test('writes Avro, and says which line does not fit the schema, and where', async () => {
  const schema = file('call.avsc', JSON.stringify(callSchema));
  const avro = [topic('calls'), '--key', 'customer', '--schema', schema, '--create'] as const;
  const good = file('calls.jsonl', '{"customer":"C-1","rating":5}\n{"customer":"C-2","rating":null}\n');
  expect(await pipeline().tierctlJson('produce', ...avro, good)).toMatchObject({ records: 2 });

  const bad = file('bad-calls.jsonl', '{"customer":"C-1","rating":"five"}\n');
  expect(await refusal(...avro, bad)).toContain('bad-calls.jsonl:1: rating is "five"');
  const noSchema = file('no.avsc', '{"type":"recrod"}');
  expect(await refusal(topic('calls'), good, '--schema', noSchema)).toContain('no.avsc is no Avro schema');

  const [customer] = callSchema.fields;
  const other = file(
    'other.avsc',
    JSON.stringify({ ...callSchema, fields: [customer, { name: 'stars', type: 'int' }] }),
  );
  await guard(`${topic('calls')}-value`);
  expect(await refusal(topic('calls'), good, '--schema', other)).toContain('The registry refuses the schema');
});

/** The registry of the tests checks nothing of itself. */
async function guard(subject: string): Promise<void> {
  const response = await fetch(`${inject('schemaRegistryUrl')}/config/${subject}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ compatibility: 'BACKWARD' }),
  });
  expect(response.status).toBe(200);
}
