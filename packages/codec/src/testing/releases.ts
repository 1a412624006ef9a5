/**
 * The releases in `schemas/released/`: every schema as it was, and samples of what was written under it.
 *
 * A sample is a line `{"avro": …, "value": …}`: the Avro body in hexadecimal beside its meaning in Avro's own JSON
 * encoding, so that a consumer in any language can hold its reader against them.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import avsc from 'avsc';
import { useExactLongs } from '../exact-long.ts';
import { type SchemaTopic, schemaTopics } from '../schemas.ts';
import type { SchemaObject } from './backward-problems.ts';

export const releasesFolder = new URL('../../../../schemas/released/', import.meta.url);

/** In the form of `sha256sum`, which can check it as well. */
export const hashList = 'SHA256SUMS';

export interface ReleasedSchema {
  readonly release: string;
  readonly topic: SchemaTopic;
  /** From the root of the repository, for messages. */
  readonly file: string;
  readonly schema: SchemaObject;
  readonly samples: readonly ReleasedSample[];
}

export interface ReleasedSample {
  readonly body: Buffer;
  readonly value: object;
}

export function releaseVersions(): string[] {
  return readdirSync(releasesFolder, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => entry.name)
    .sort();
}

export function releasedSchemas(): ReleasedSchema[] {
  return releaseVersions().flatMap(release =>
    releasedFiles(release)
      .filter(file => file.endsWith('.avsc'))
      .map(file => readReleasedSchema(release, file)),
  );
}

/** Everything that belongs to a release but its hash list; paths within it. */
export function releasedFiles(release: string): string[] {
  return readdirSync(new URL(`${release}/`, releasesFolder), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name !== hashList)
    .map(entry => `${entry.parentPath.split(/[\\/]/).findLast(part => part !== '')}/${entry.name}`)
    .sort();
}

export function hashListOf(files: readonly (readonly [path: string, bytes: Uint8Array | string])[]): string {
  return files.map(([path, bytes]) => `${createHash('sha256').update(bytes).digest('hex')}  ${path}\n`).join('');
}

export function formatSample(type: avsc.Type, value: object): string {
  return `{"avro":"${type.toBuffer(value).toString('hex')}","value":${type.toString(value)}}\n`;
}

/** The type that writes a schema's samples and reads them back. */
export function sampleType(schema: SchemaObject): avsc.types.RecordType {
  return avsc.Type.forSchema(schema as avsc.Schema, {
    wrapUnions: 'never',
    omitRecordMethods: true,
    typeHook: useExactLongs,
  }) as avsc.types.RecordType;
}

function readReleasedSchema(release: string, file: string): ReleasedSchema {
  const folder = new URL(`${release}/`, releasesFolder);
  const schema = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as SchemaObject;
  const type = sampleType(schema);
  const samples = readFileSync(new URL(file.replace('.avsc', '.jsonl'), folder), 'utf8')
    .split('\n')
    .filter(line => line !== '')
    .map(line => {
      const { avro, value } = JSON.parse(line) as { readonly avro: string; readonly value: unknown };
      return { body: Buffer.from(avro, 'hex'), value: type.fromString(JSON.stringify(value)) as object };
    });
  const topic = schemaTopics.find(name => file.startsWith(`${name}/`)) as SchemaTopic;
  return { release, topic, file: `schemas/released/${release}/${file}`, schema, samples };
}
