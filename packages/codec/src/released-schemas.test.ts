import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { recordSchema, recordSchemas } from './schemas.ts';
import { releaseProblems } from './testing/release-problems.ts';
import {
  hashList,
  hashListOf,
  releasedFiles,
  releasedSchemas,
  releasesFolder,
  releaseVersions,
} from './testing/releases.ts';
import { allowedMutations, forbiddenMutations, type SchemaMutation } from './testing/schema-mutations.ts';

const released = releasedSchemas();

/** Today's schemas, one of them changed. */
function schemasWith({ record, mutate }: Pick<SchemaMutation, 'record' | 'mutate'>) {
  const schema = recordSchema(record);
  const text = JSON.stringify(mutate(JSON.parse(schema.text)));
  return new Map([...recordSchemas, [record, { ...schema, text }]]);
}

describe("today's schemas", () => {
  it('can follow every release', () => {
    expect(releaseProblems(released, recordSchemas)).toEqual([]);
  });

  it.each(forbiddenMutations)('would be refused with $name', mutation => {
    const { file } = recordSchema(mutation.record);
    const problems = releaseProblems(released, schemasWith(mutation));
    expect(problems.join('\n')).toContain(`${file} cannot follow release 0.1.0: ${mutation.problem}`);
  });

  it.each(allowedMutations)('may have $name', mutation => {
    expect(releaseProblems(released, schemasWith(mutation))).toEqual([]);
  });

  it('would be refused without a record that was released', () => {
    const without = new Map(recordSchemas);
    without.delete('OverrideEnded');
    expect(releaseProblems(released, without)).toContain(
      'OverrideEnded of release 0.1.0 has no schema in schemas/customer-events/ any more',
    );
  });
});

describe.each(releaseVersions())('release %s', release => {
  it('stands as it was released', () => {
    const folder = new URL(`${release}/`, releasesFolder);
    const files = releasedFiles(release).map(path => [path, readFileSync(new URL(path, folder))] as const);
    expect(hashListOf(files)).toBe(readFileSync(new URL(hashList, folder), 'utf8'));
  });
});
