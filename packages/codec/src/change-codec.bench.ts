/** Encodes changes of standing for a second of CPU: `node packages/codec/src/change-codec.bench.ts`. */
import type { TierChanged } from '@tierflow/customer/changes';
import { changeCodec } from './change-codec.ts';
import { InMemoryRegistry } from './in-memory-registry.ts';

const registry = new InMemoryRegistry();
const codec = changeCodec(registry, await registry.register());
const variants = 4096;
const rounds = 60;

/** As a ladder of three tiers gives it. */
const change = (i: number): TierChanged => ({
  type: 'TierChanged',
  customerId: `c${(i * 7919) % 100_000}`,
  program: 'value',
  from: 'bronze',
  to: 'silver',
  cause: 'facts',
  effectiveDay: 19_675 + (i % 400),
  recordedAt: 1_700_000_000_000 + i * 1013,
  correction: false,
  trigger: {
    type: 'PurchaseRecorded',
    source: 'web',
    eventId: `0b${(i * 2654435761).toString(16).padStart(13, '0')}`,
    occurredAt: 1_700_000_000_000 + i * 1000,
  },
  evidence: ['500.00', '2000.00'].map(threshold => ({
    measure: 'spend365',
    window: 'P365D',
    value: `${500 + (i % 900)}.00`,
    operator: '>=',
    threshold,
    met: threshold === '500.00',
  })),
  reason: {
    code: 'reached',
    en: `Silver is reached: net spend in a year ${500 + (i % 900)}.00 ≥ 500.00`,
    zh: `达到“白银”：近365天净消费 ${500 + (i % 900)}.00 ≥ 500.00`,
  },
  direction: 'up',
  passed: [],
  fromSinceDay: 19_600,
  validUntilDay: null,
  reviewDay: null,
  incomplete: false,
  agedOut: [],
  progress: {
    next: { tier: 'gold', missing: [{ measure: 'spend365', missing: `${1500 - (i % 900)}.00` }] },
    retain: null,
  },
  playbook: {
    marketing: { en: 'Invite to the spring preview.', zh: '邀请参加春季预览。' },
    service: { en: 'Answer within a day.', zh: '一天内回复。' },
  },
  policyId: 'retail-ladder',
  policyVersion: 1,
  policyHash: 'sha256:2f1d0f4e',
  revision: 3,
});

const changes = Array.from({ length: variants }, (_, i) => change(i));
let bytes = 0;
for (const each of changes) bytes += codec.encodeTierRecord(each).length;
const start = process.cpuUsage();
for (let round = 0; round < rounds; round++) for (const each of changes) codec.encodeTierRecord(each);
const { user, system } = process.cpuUsage(start);
const perSecond = (rounds * variants) / (user + system);
console.log(`TierChanged of ${Math.round(bytes / variants)} bytes, encode: ${perSecond.toFixed(2)} M per CPU second`);
