import { expect, test } from 'vitest';
import { openLog, parseDeployment } from './deployment.ts';

test('needs only the base currency', () => {
  expect(parseDeployment({ baseCurrency: 'GBP' })).toEqual({
    ok: true,
    deployment: {
      partitions: 4,
      slices: 64,
      zone: 'UTC',
      baseCurrency: 'GBP',
      baseCurrencyDigits: 2,
      horizonDays: 800,
    },
  });
});

test('becomes the first record of every partition', () => {
  const result = parseDeployment({ baseCurrency: 'JPY', zone: 'Asia/Tokyo', partitions: '8', horizonDays: 400 });
  expect(result.ok && openLog(result.deployment, 'shop', 'log-1')).toEqual({
    type: 'LogOpened',
    logId: 'log-1',
    namespace: 'shop',
    partitions: 8,
    slices: 64,
    zone: 'Asia/Tokyo',
    baseCurrency: 'JPY',
    baseCurrencyDigits: 0,
    horizonDays: 400,
  });
});

test.each([
  ['partitions', 0],
  ['partitions', '1025'],
  ['partitions', 'four'],
  ['slices', 1.5],
  ['zone', 'Mars/Olympus'],
  ['zone', '+02:00'],
  ['baseCurrency', 'gbp'],
  ['baseCurrency', 'XAU'],
  ['baseCurrency', undefined],
  ['horizonDays', 31],
  ['horizonDays', 4001],
  ['timezone', 'UTC'],
])('%s of %s is refused', (name, value) => {
  expect(parseDeployment({ baseCurrency: 'GBP', [name]: value })).toMatchObject({ ok: false, problems: [{ name }] });
});
