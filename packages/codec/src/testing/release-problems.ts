/** What stands against releasing today's schemas, given everything that was released before. */
import type { RecordName, RecordSchema } from '../schemas.ts';
import { backwardProblems } from './backward-problems.ts';
import type { ReleasedSchema } from './releases.ts';

export function releaseProblems(
  released: readonly ReleasedSchema[],
  today: ReadonlyMap<RecordName, RecordSchema>,
): string[] {
  return released.flatMap(({ release, topic, schema }) => {
    const follower = today.get(schema.name as RecordName);
    if (follower === undefined || follower.topic !== topic) {
      return [`${schema.name} of release ${release} has no schema in schemas/${topic}/ any more`];
    }
    return backwardProblems(schema, JSON.parse(follower.text)).map(
      problem => `${follower.file} cannot follow release ${release}: ${problem}`,
    );
  });
}
