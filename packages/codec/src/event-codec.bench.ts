/** Decodes a second of CPU: `node packages/codec/src/event-codec.bench.ts`. */
import type { InteractionRecorded, LogEvent, PurchaseRecorded } from '@tierflow/customer/events';
import { eventCodec } from './event-codec.ts';
import { InMemoryRegistry } from './in-memory-registry.ts';
import { recordSchema } from './schemas.ts';
import { headerBytes } from './wire-format.ts';

const registry = new InMemoryRegistry();
const codec = eventCodec(registry, await registry.register());
const variants = 4096;

const base = (i: number) => ({
  eventId: `0b${(i * 2654435761).toString(16).padStart(13, '0')}-4f1e-9c0d-${i.toString(16).padStart(10, '0')}`,
  source: 'web',
  customerId: `c${(i * 7919) % 100_000}`,
  occurredAt: 1_700_000_000_000 + i * 1013,
  businessDay: 19_675 + (i % 400),
  bootstrap: false,
});

const interaction = (i: number): InteractionRecorded => ({
  type: 'InteractionRecorded',
  ...base(i),
  kind: ['view', 'visit', 'call', 'email'][i % 4] as string,
  topic: null,
  responseSeconds: null,
  costBaseMinor: null,
});

const purchase = (i: number): PurchaseRecorded => ({
  type: 'PurchaseRecorded',
  ...base(i),
  orderId: `o-${i}`,
  amountMinor: 8000 + i,
  currency: 'GBP',
  amountBaseMinor: 8000 + i,
  marginBaseMinor: null,
  channel: 'web',
});

function measure(name: string, rounds: number, values: readonly Buffer[], decode: (value: Buffer) => unknown): void {
  let decoded = 0;
  for (const value of values) decode(value);
  const start = process.cpuUsage();
  for (let round = 0; round < rounds; round++) {
    for (const value of values) if (decode(value) !== undefined) decoded++;
  }
  const { user, system } = process.cpuUsage(start);
  console.log(`${name}: ${(decoded / (user + system)).toFixed(2)} M per CPU second`);
}

for (const [name, make] of Object.entries({ interaction, purchase })) {
  const events: LogEvent[] = Array.from({ length: variants }, (_, i) => make(i));
  const values = events.map(event => codec.encodeEvent(event));
  const { type } = recordSchema((events[0] as LogEvent).type);
  measure(`${name}, decode`, 400, values, value => codec.decode(value));
  measure(`${name}, avsc`, 100, values, value => type.decode(value, headerBytes).value);
  let next = 0;
  measure(`${name}, encode`, 100, values, () => codec.encodeEvent(events[next++ % variants] as LogEvent));
}
