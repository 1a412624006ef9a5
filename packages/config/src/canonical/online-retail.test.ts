/** The sample that is shipped says the same as the table that was computed from its origin without tierflow. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { dayMs } from '../business-day.ts';
import { parseCanonicalLine } from './parse-canonical-line.ts';

const folder = new URL('../../../../deploy/samples/online-retail/', import.meta.url);
const context = { zone: 'UTC', baseCurrency: 'GBP', nowMs: null, bootstrap: false, defaultSource: 'unnamed' };

test('Online Retail: every line is an event, and the sums of 365 days agree with the table', () => {
  const lines = gunzipSync(readFileSync(new URL('events.jsonl.gz', folder)))
    .toString()
    .trimEnd()
    .split('\n');
  const lastDay = Date.UTC(2011, 11, 9) / dayMs;
  const sums = new Map<string, { orders: number; gross: number; refunds: number; lastPurchase: number }>();
  for (const line of lines) {
    const result = parseCanonicalLine(line, context);
    if (!result.ok) throw new Error(result.message.en);
    const { event } = result;
    expect(event.source).toBe('online-retail');
    const sum = sums.get(event.customerId) ?? { orders: 0, gross: 0, refunds: 0, lastPurchase: 0 };
    sums.set(event.customerId, sum);
    const isInWindow = event.businessDay > lastDay - 365 && event.businessDay <= lastDay;
    if (event.type === 'PurchaseRecorded') {
      sum.lastPurchase = Math.max(sum.lastPurchase, event.occurredAt);
      if (isInWindow) {
        sum.orders += 1;
        sum.gross += event.amountMinor;
      }
    } else if (event.type === 'PurchaseRefunded' && isInWindow) {
      sum.refunds += event.amountMinor;
    }
  }
  expect(lines).toHaveLength(22_186);

  const [header, ...rows] = readFileSync(new URL('oracle-2011-12-10.csv', folder), 'utf8').trimEnd().split('\n');
  expect(header).toMatch(/^customer_id,last_purchase_ts,freq_365,gross_365_minor,refund_365_minor,spend_365_minor,/);
  const expected = rows.map(row => {
    const [customerId, lastPurchase, orders, gross, refunds] = row.split(',');
    const at = lastPurchase === '' ? 0 : Date.parse(lastPurchase!);
    return [
      customerId,
      { orders: Number(orders), gross: Number(gross), refunds: 0 - Number(refunds), lastPurchase: at },
    ];
  });
  expect(Object.fromEntries(sums)).toEqual(Object.fromEntries(expected));
});
