import { expect, it } from 'vitest';
import { recordSchemas } from './schemas.ts';
import type { Schema, SchemaObject } from './testing/backward-problems.ts';

/** Named types that stand within a schema, each with its text. */
function* nestedIn(schema: Schema): Generator<readonly [name: string, text: string]> {
  if (typeof schema === 'string') return;
  if (Array.isArray(schema)) {
    for (const branch of schema) yield* nestedIn(branch);
    return;
  }
  const { type, name, items, values, fields } = schema as SchemaObject;
  if (name !== undefined) yield [name, JSON.stringify(schema)];
  else if (typeof type !== 'string') yield* nestedIn(type);
  for (const part of [items, values]) if (part !== undefined) yield* nestedIn(part);
  for (const field of fields ?? []) yield* nestedIn(field.type);
}

it('a record within several schemas is the same in each, so that generated code has one class for it', () => {
  const texts = new Map<string, Set<string>>();
  for (const { text } of recordSchemas.values()) {
    for (const [name, definition] of nestedIn(JSON.parse(text))) {
      texts.set(name, (texts.get(name) ?? new Set()).add(definition));
    }
  }
  expect([...texts.keys()]).toEqual(expect.arrayContaining(['Evidence', 'Missing', 'Progress', 'Trigger']));
  expect([...texts].filter(([, definitions]) => definitions.size > 1).map(([name]) => name)).toEqual([]);
});

it('each schema stands alone', () => {
  for (const { record, type } of recordSchemas.values()) expect(type.name).toBe(`tierflow.v1.${record}`);
});
