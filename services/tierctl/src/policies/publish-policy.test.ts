import type { PolicyPublished } from '@tierflow/customer/events';
import { expect, test } from 'vitest';
import { publication } from './publish-policy.ts';

function version(number: number, hash = `sha256:${number}`): PolicyPublished {
  return { type: 'PolicyPublished', policyId: 'shop', version: number, hash, document: '{}' };
}
const known = [version(1), version(4)];

test('a version is new where it is greater than all that are known', () => {
  expect(publication(version(5), known)).toBe('published');
  expect(publication(version(3), known)).toEqual({ code: 'notNewer', greatest: 4 });
  expect(publication(version(1), [])).toBe('published');
});

test('the same content again is known, another one finds its number taken', () => {
  expect(publication(version(1), known)).toBe('known');
  expect(publication(version(4, 'sha256:other'), known)).toEqual({ code: 'taken', by: known[1] });
});
