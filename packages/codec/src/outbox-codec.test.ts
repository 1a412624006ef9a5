import { compareIds, type Emission, type TierRecord } from '@tierflow/customer/changes';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryRecords } from './arbitrary-records.ts';
import { changeCodec, tierRecordTypes } from './change-codec.ts';
import { emissionHeaders, parseEmissionId } from './emission-headers.ts';
import { InMemoryRegistry } from './in-memory-registry.ts';
import { outboxCodec, unpack } from './outbox-codec.ts';

const registry = new InMemoryRegistry();
const changes = changeCodec(registry, await registry.register());
const outbox = outboxCodec(changes);

const arbitraryEmissions = fc
  .array(
    fc.record({
      id: fc.record({ offset: fc.maxSafeNat(), index: fc.nat() }),
      record: fc.oneof(...tierRecordTypes.map(type => arbitraryRecords[type] as fc.Arbitrary<TierRecord>)),
      standings: fc.option(arbitraryRecords.CustomerTiers, { nil: null }),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((emissions): Emission[] => emissions.toSorted((a, b) => compareIds(a.id, b.id)));

describe('an outbox entry', () => {
  it('gives back every emission in its final bytes', () =>
    fc.assert(
      fc.asyncProperty(arbitraryEmissions, async emissions => {
        const entry = outbox.pack(3, emissions);
        expect([entry.first, entry.last]).toEqual([emissions[0]?.id, emissions.at(-1)?.id]);
        const unpacked = unpack(entry.bytes);
        expect(unpacked.length).toBe(emissions.length);
        for (const [i, { id, record, standings }] of emissions.entries()) {
          const packed = unpacked[i]!;
          const { type, revision, customerId: key, recordedAt } = record;
          expect(packed).toMatchObject({ id, type, revision, key, recordedAt });
          expect(packed.record).toEqual(changes.encodeTierRecord(record));
          expect(await changes.readTierRecord(packed.record)).toEqual(record);
          if (standings === null) expect(packed.standings).toBeNull();
          else expect(await changes.readCustomerTiers(packed.standings)).toEqual(standings);
        }
      }),
      { numRuns: 40 },
    ));

  it('of another format halts the partition', () => {
    expect(() => unpack(Buffer.from([3]))).toThrow(/format 3, this program reads 2/);
  });

  it('with a record of another type halts the partition', () => {
    const [record] = fc.sample(arbitraryRecords.Expiring, { seed: 1, numRuns: 1 });
    const { bytes } = outbox.pack(0, [{ id: { offset: 0, index: 0 }, record: record!, standings: null }]);
    // Behind the version, the offset and the index.
    bytes[3] = tierRecordTypes.length;
    expect(() => unpack(bytes)).toThrow(/a record of type 4/);
  });

  it('cut at any byte halts the partition or holds fewer emissions', () => {
    const [emissions] = fc.sample(arbitraryEmissions, { seed: 11, numRuns: 1 }) as [Emission[]];
    const { bytes } = outbox.pack(0, emissions.slice(0, 2));
    for (let length = 0; length < Math.min(bytes.length, 3000); length++) {
      try {
        expect(unpack(bytes.subarray(0, length)).length).toBeLessThan(Math.min(2, emissions.length));
      } catch (error) {
        expect(error).toMatchObject({ code: 'unknownStateFormat' });
      }
    }
  });
});

describe('the headers of an emission', () => {
  const emission = {
    id: { offset: 1042, index: 2 },
    type: 'TierChanged',
    revision: 14,
    key: 'c-7',
    recordedAt: Date.UTC(2026, 0, 2, 3, 4, 5, 6),
  } as const;

  it('are CloudEvents in binary mode', () => {
    expect(emissionHeaders('shop', 3, emission)).toEqual({
      ce_specversion: '1.0',
      ce_id: '3-1042-2',
      ce_source: '/tierflow/shop',
      ce_type: 'tierflow.tier.changed.v1',
      ce_subject: 'c-7',
      ce_time: '2026-01-02T03:04:05.006Z',
      ce_partitionkey: 'c-7',
      ce_sequence: '0000000014',
      'content-type': 'application/avro',
    });
  });

  it.each([
    ['StandingRenewed', 'tierflow.tier.renewed.v1'],
    ['Expiring', 'tierflow.tier.expiring.v1'],
    ['Approaching', 'tierflow.tier.approaching.v1'],
  ] as const)('name the type of %s', (type, eventType) => {
    expect(emissionHeaders('shop', 3, { ...emission, type }).ce_type).toBe(eventType);
  });

  it('give the id back', () => {
    const headers = Object.entries(emissionHeaders('shop', 3, emission)).map(([key, value]) => ({
      key,
      value: Buffer.from(value),
    }));
    expect(parseEmissionId(headers)).toEqual(emission.id);
  });

  it.each([
    [],
    [{ key: 'ce_id', value: null }],
    [{ key: 'ce_id', value: '3-1042' }],
    [{ key: 'id', value: '3-1042-2' }],
  ])('of a foreign record give none (%#)', (...headers) => {
    expect(parseEmissionId(headers as { key: string; value: string | null }[])).toBeNull();
  });
});
