import { expect, it } from 'vitest';
import { rejectionReport } from './rejection-report.ts';

it('says the same of the same record, in two languages', () => {
  const rejection = { offset: 1042, key: 'c1', reason: 'tooLate', detail: 'day 12' } as const;
  expect(rejectionReport('shop.customer-events', 3, rejection)).toEqual({
    id: 'shop.customer-events/3@1042',
    origin: 'shop.customer-events/3@1042',
    reason: 'tooLate',
    message: 'The event is older than the horizon; a bootstrap import adds it to lifetime totals (day 12).',
    messageZh: '该事件早于保留期限；可用 bootstrap 导入将其计入终身总额（day 12）。',
    key: 'c1',
    payload: null,
    payloadTruncated: false,
  });
});

it('keeps the first 4096 bytes of what was rejected', () => {
  const rejection = { offset: 0, key: null, reason: 'unreadable', detail: '' } as const;
  const report = (bytes: number) => rejectionReport('t', 0, rejection, Buffer.alloc(bytes));
  expect([report(4096).payload?.length, report(4096).payloadTruncated]).toEqual([4096, false]);
  expect([report(4097).payload?.length, report(4097).payloadTruncated]).toEqual([4096, true]);
});

it('fits into a record, however long the key and the detail are', () => {
  const endless = '🎫'.repeat(500_000);
  const report = rejectionReport('t', 0, { offset: 0, key: endless, reason: 'misrouted', detail: endless });
  expect([report.key, report.message, report.messageZh].map(text => text?.length)).toEqual([4096, 4096, 4096]);
  expect(report.key!.isWellFormed()).toBe(true);
});
