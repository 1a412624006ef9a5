/** The expected values come from the workload's reference generator, which is written in Go. */
import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { type WorkloadEvent, workload } from './workload.ts';

/** One line of the reference generator's output, byte by byte. */
function lineOf({ eventId, customerId, occurredAt, ...rest }: WorkloadEvent): string {
  const { type, ...detail } = rest;
  return `${JSON.stringify({ eventId, customerId, type, occurredAt, ...detail })}\n`;
}

test('begins like the reference', () => {
  const events = workload(1_000_000, 42);
  const first = Array.from({ length: 4 }, () => lineOf(events.next().value!));
  expect(first).toEqual([
    '{"eventId":"47526757-130f-4f52-981c-e1ff0e4ae394","customerId":"945749e5-2384-480a-9420-cf4c39dab422","type":"purchase","occurredAt":1704067200000,"amountMinor":10991}\n',
    '{"eventId":"3474724a-775b-49bf-be34-8a0e451650be","customerId":"6aea1dee-c431-4eea-8c61-4f0161f81397","type":"interaction","occurredAt":1704067234560,"kind":"email"}\n',
    '{"eventId":"7ed90003-f67f-4e1d-97ea-dff448a86a07","customerId":"599e5ef5-f12b-47cb-9bee-0a9d10e870d7","type":"interaction","occurredAt":1704067269120,"kind":"view"}\n',
    '{"eventId":"12fc33f2-29b7-4950-870e-a7e37990e511","customerId":"6cd347a1-cc12-45f3-b1eb-7020d3193e0f","type":"interaction","occurredAt":1704067303680,"kind":"email"}\n',
  ]);
});

test('100,000 events are those of the reference', () => {
  let checksum = 0;
  for (const event of workload(100_000, 42)) checksum = crc32(lineOf(event), checksum);
  expect(checksum).toBe(2991593724);
});
