/**
 * Releases today's schemas under the version in package.json: `node packages/codec/src/testing/release-schemas.ts`.
 *
 * 1. A released version is for ever: refuse to write it again.
 * 2. Refuse schemas that cannot follow every earlier release.
 * 3. Write each schema with its samples, and last the hash list, by which a half-written release is seen.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { recordSchemas } from '../schemas.ts';
import { releaseProblems } from './release-problems.ts';
import { formatSample, hashList, hashListOf, releasedSchemas, releasesFolder, releaseVersions } from './releases.ts';
import { sampleValues } from './sample-values.ts';

const manifest = new URL('../../../../package.json', import.meta.url);
const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version: string };

function refuse(reason: string): never {
  console.error(reason);
  process.exit(1);
}

if (releaseVersions().includes(version)) {
  refuse(`schemas/released/${version} exists, and what is released stays. Raise "version" in package.json first.`);
}
const problems = releaseProblems(releasedSchemas(), recordSchemas);
if (problems.length > 0) refuse(`${problems.join('\n')}\nschemas/README.md tells what may change.`);

const files = [...recordSchemas.values()].flatMap(schema => {
  const path = schema.file.replace('schemas/', '');
  const samples = sampleValues(schema).map(value => formatSample(schema.type, value));
  return [[path, schema.text] as const, [path.replace('.avsc', '.jsonl'), samples.join('')] as const];
});
const folder = new URL(`${version}/`, releasesFolder);
for (const [path, text] of files) {
  mkdirSync(new URL('.', new URL(path, folder)), { recursive: true });
  writeFileSync(new URL(path, folder), text, { flag: 'wx' });
}
writeFileSync(new URL(hashList, folder), hashListOf(files.toSorted(([a], [b]) => (a < b ? -1 : 1))), { flag: 'wx' });
console.log(`schemas/released/${version}: ${recordSchemas.size} schemas. Commit it with the release.`);
