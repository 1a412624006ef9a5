import { inHead } from '@tierflow/window/tile-series';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Customer } from './customer.ts';
import { attachChunks, decodeHead, encodeHead, type NameTable, stateFormat } from './customer-codec.ts';
import { factOf, tell } from './customer-under-test.ts';
import type { Fact } from './events.ts';

const known = ['loyalty', 'gold', 'silver', 'mood', 'angry'];
const names: NameTable = { indexOf: name => known.indexOf(name), nameAt: index => known[index]! };

const amount = fc.integer({ min: 1, max: 2 ** 40 });
const orderId = fc.option(fc.constantFrom('o1', 'o2', 'o3'));
const fact: fc.Arbitrary<Fact> = fc
  .tuple(fc.nat(300), amount, amount, orderId, fc.nat(4))
  .map(([day, a, b, order, type]) => {
    const paid = { orderId: order, amountMinor: a, amountBaseMinor: b };
    switch (type) {
      case 0:
        return factOf('PurchaseRecorded', day, { ...paid, marginBaseMinor: b - a });
      case 1:
        return factOf('PurchaseRefunded', day, paid);
      case 2:
        return factOf('InteractionRecorded', day, { kind: 'visit', costBaseMinor: a, responseSeconds: b });
      case 3:
        return factOf('FeedbackReceived', day, { complaint: a > b });
      default:
        return factOf('ProfileUpdated', day, { attributes: { region: order, '7': a, ['__proto__']: true } });
    }
  });
const day = fc.integer({ min: -20, max: 80_000 });
const tier = fc.constantFrom(null, 'gold', 'silver', 'angry');
/** Of the guards: days from the one on which the tier was come to. */
const held = fc
  .record({
    tier,
    sinceDay: day,
    qualified: fc.integer({ min: -31, max: 800 }),
    validUntil: fc.option(fc.nat(800)),
    belowSince: fc.option(fc.nat(800)),
    graceUntil: fc.option(fc.nat(800)),
  })
  .map(({ tier: name, sinceDay, qualified, validUntil, belowSince, graceUntil }) => ({
    tier: name,
    sinceDay,
    qualifiedDay: sinceDay + qualified,
    validUntilDay: validUntil === null ? null : sinceDay + validUntil,
    belowSinceDay: belowSince === null ? null : sinceDay + belowSince,
    graceUntilDay: graceUntil === null ? null : sinceDay + graceUntil,
  }));
const warned = fc.record({
  withinDays: fc.option(fc.nat(90)),
  isApproaching: fc.boolean(),
  approachedDay: fc.option(day),
});
const standing = fc.record({
  program: fc.constantFrom('loyalty', 'mood'),
  tier,
  sinceDay: day,
  held: fc.option(held),
  warned: fc.option(warned),
});
const customer = fc
  .record({
    facts: fc.array(fact, { maxLength: 80, size: 'max' }),
    standings: fc.array(standing, { maxLength: 2 }),
    overrides: fc.array(
      fc.record({
        program: fc.constant('loyalty'),
        kind: fc.constantFrom('pin' as const, 'floor' as const, 'cap' as const),
        tier: fc.constant('gold'),
        untilDay: fc.option(day),
        actor: fc.string({ unit: 'grapheme' }),
        reason: fc.string({ unit: 'grapheme' }),
      }),
      { maxLength: 3 },
    ),
    dueDay: fc.oneof(day, fc.constant(Number.POSITIVE_INFINITY)),
    revision: fc.maxSafeNat(),
    policyVersion: fc.nat(),
  })
  .map(({ facts, ...rest }) => {
    const made = new Customer('ada');
    for (const one of facts) tell(made, one);
    return Object.assign(made, rest);
  });

function chunksOf({ tiles }: Customer, sequences: readonly number[]): Uint8Array[] {
  return sequences.map(sequence => tiles.segments.find(segment => segment.sequence === sequence)!.bytes);
}

describe('a stored customer', () => {
  it('comes back as it was, and is stored as the same bytes again', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(customer, original => {
        const bytes = Uint8Array.from(encodeHead(original, names));
        const { customer: decoded, chunkSequences } = decodeHead('ada', bytes, names);
        expect(chunkSequences).toEqual(
          original.tiles.segments.map(({ sequence }) => sequence).filter(sequence => sequence !== inHead),
        );
        attachChunks(decoded, chunksOf(original, chunkSequences));
        expect(encodeHead(decoded, names)).toEqual(bytes);
        expect(decoded.standings).toEqual(original.standings);
        expect(decoded.overrides).toEqual(original.overrides);
        expect(decoded.orphans).toEqual(original.orphans);
        expect(decoded.refundedOrders).toEqual(original.refundedOrders);
        expect(decoded.lifetime.entries).toEqual(original.lifetime.entries);
        expect(decoded.tiles.allTiles()).toEqual(original.tiles.allTiles());
        expect(Object.entries(decoded.attributes)).toEqual(Object.entries(original.attributes));
        expect([decoded.dueDay, decoded.storedDueDay]).toEqual([original.dueDay, original.dueDay]);
        expect(decoded.revision).toBe(original.revision);
      }),
    );
  });

  it('goes on from its stored form as it would have', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(customer, fc.array(fact, { maxLength: 20 }), (original, more) => {
        const bytes = encodeHead(original, names);
        const { customer: decoded, chunkSequences } = decodeHead('ada', bytes, names);
        attachChunks(decoded, chunksOf(original, chunkSequences));
        for (const one of more) expect(tell(decoded, one)).toBe(tell(original, one));
        expect(encodeHead(decoded, names)).toEqual(encodeHead(original, names));
        expect(chunkBytes(decoded)).toEqual(chunkBytes(original));
      }),
    );
  });

  it('of another format is refused', () => {
    const bytes = Uint8Array.from(encodeHead(new Customer('ada'), names));
    bytes[0] = stateFormat + 1;
    expect(() => decodeHead('ada', bytes, names)).toThrow(`State format ${stateFormat + 1} of customer ada`);
  });
});

function chunkBytes({ tiles }: Customer): [number, string][] {
  return tiles.segments.map(({ sequence, bytes }) => [sequence, bytes.join()]);
}
