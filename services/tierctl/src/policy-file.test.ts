import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { policySchema } from '@tierflow/config/policy/policy-schema';
import { policyDecimals } from '@tierflow/config/policy/policy-shape';
import { goodPolicy } from '@tierflow/config/policy/under-test/good-policy';
import { wrongPolicies } from '@tierflow/config/policy/under-test/wrong-policies';
import { readYaml } from '@tierflow/config/yaml/yaml-source';
import type { LogOpened, PolicyPublished } from '@tierflow/customer/events';
import { PartitionState } from '@tierflow/processor/partition-state';
import { afterAll, describe, expect, test } from 'vitest';
import { CommandFailure } from './command-failure.ts';
import { readPolicyFile } from './policy-file.ts';

const context = { baseCurrencyDigits: 2, horizonDays: 800 };
const genesis: LogOpened = {
  type: 'LogOpened',
  namespace: 'shop',
  logId: 'shop-1',
  partitions: 1,
  slices: 1,
  zone: 'Europe/Berlin',
  baseCurrency: 'EUR',
  ...context,
};

const folder = mkdtempSync(join(tmpdir(), 'policy-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(text: string): string {
  const path = join(folder, 'shop.yaml');
  writeFileSync(path, text);
  return path;
}

function openedPartition(): PartitionState {
  const state = new PartitionState();
  state.genesis = genesis;
  return state;
}

/** As it would stand in the log if nobody had checked it; null where the file is no YAML. */
function unchecked(text: string): { readonly published: PolicyPublished; readonly hasShape: boolean } | null {
  const yaml = readYaml(text, 'policy:', policyDecimals);
  if (!yaml.ok) return null;
  const document = yaml.source.value as { readonly version?: number };
  const version = Number.isInteger(document?.version) ? document.version! : 1;
  return {
    published: {
      type: 'PolicyPublished',
      policyId: 'shop',
      version,
      hash: 'sha256:x',
      document: JSON.stringify(document),
    },
    hasShape: policySchema.safeParse(document).success,
  };
}

describe('a wrong policy never becomes a record', () => {
  test.each(wrongPolicies)('$title', ({ text, line, says }) => {
    const path = fileOf(text);
    let failure: unknown;
    try {
      readPolicyFile(path, context);
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(CommandFailure);
    expect((failure as CommandFailure).message).toContain(`${path}:${line}:`);
    expect((failure as CommandFailure).message).toContain(says);
  });

  test('because whoever publishes one has read it from a file', () => {
    const sources = ['services', 'packages', 'deploy/local'].flatMap(part => {
      const root = new URL(`../../../${part}/`, import.meta.url);
      return globSync('**/*.ts', { cwd: root, exclude: ['**/node_modules'] })
        .filter(name => !/\.test\.ts$|under-test|arbitrary|testing\//.test(name))
        .filter(name => /\{\s*type: 'PolicyPublished'/.test(readFileSync(new URL(name, root), 'utf8')))
        .map(name => `${part}/${name}`);
    });
    expect(sources).toEqual(['services/tierctl/src/policy-file.ts']);
  });
});

describe('a wrong policy that a stranger writes into the log is refused by the fold', () => {
  test('the good one is not', () => {
    const { published } = unchecked(goodPolicy)!;
    expect(openedPartition().publish(published)).toBe('published');
    expect(openedPartition().publish(readPolicyFile(fileOf(goodPolicy), context).published)).toBe('published');
  });

  const written = wrongPolicies.flatMap(({ title, text }) => {
    const record = unchecked(text);
    return record === null ? [] : [{ title, ...record }];
  });

  test.each(written.filter(({ hasShape }) => hasShape))('$title', ({ published }) => {
    const state = openedPartition();
    expect(state.publish(published)).toBe('invalid');
    expect(state.knows(published.version)).toBe(false);
  });

  test('and one without the shape does no harm', () => {
    const shapeless = written.filter(({ hasShape }) => !hasShape);
    expect(shapeless.length).toBeGreaterThan(30);
    for (const { published } of shapeless) {
      const state = openedPartition();
      const publication = state.publish(published);
      expect(['published', 'invalid']).toContain(publication);
      // What was taken is still understood after a restart.
      expect(PartitionState.parse(state.snapshot()).knows(published.version)).toBe(publication === 'published');
    }
  });
});
