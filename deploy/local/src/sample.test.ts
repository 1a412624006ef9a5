import { expect, test } from 'vitest';
import { chooseSample } from './sample.ts';

const here = import.meta.filename;

test('without a word it is the sample year', () => {
  expect(chooseSample({})).toMatchObject({ kind: 'year', deployment: { currency: 'USD', zone: 'America/New_York' } });
});

test('a policy of your own may decide it', () => {
  expect(chooseSample({ policy: here })).toMatchObject({ kind: 'year', deployment: { policy: here } });
});

test('the online shop is imported, under its own policy, currency and zone', () => {
  const chosen = chooseSample({ sample: 'online-retail' });
  expect(chosen).toMatchObject({ kind: 'import', deployment: { currency: 'GBP', zone: 'UTC' } });
  expect(chosen.deployment.policy).toMatch(/retail-ladder\.yaml$/);
});

test('events of your own are imported', () => {
  expect(chooseSample({ events: here, currency: 'CNY', zone: 'Asia/Shanghai' })).toMatchObject({
    kind: 'import',
    events: here,
    deployment: { currency: 'CNY', zone: 'Asia/Shanghai' },
  });
});

test.each([
  [{ events: '/no/such/file' }, '/no/such/file'],
  [{ policy: '/no/such/policy' }, '--policy'],
  [{ zone: 'UTC' }, '--events FILE'],
  [{ events: here, sample: 'online-retail' }, '--sample and --events'],
] as const)('%j is refused', (options, message) => {
  expect(() => chooseSample(options)).toThrow(message);
});
