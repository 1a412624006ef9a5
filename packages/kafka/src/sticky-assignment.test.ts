import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignSticky, type Member } from './sticky-assignment.ts';

const members = fc.uniqueArray(
  fc.record({ memberId: fc.string({ minLength: 1 }), owned: fc.array(fc.integer({ min: -2, max: 40 })) }),
  { selector: member => member.memberId, minLength: 1, maxLength: 12 },
);
const partitionCount = fc.integer({ min: 0, max: 32 });
const range = (count: number) => Array.from({ length: count }, (_, i) => i);

function settled(assignment: Map<string, number[]>): Member[] {
  return [...assignment].map(([memberId, owned]) => ({ memberId, owned }));
}

describe('assignSticky', () => {
  it('gives every partition once and differs by at most one, whatever members claim to own', () => {
    fc.assert(
      fc.property(members, partitionCount, (members, count) => {
        const held = [...assignSticky(members, range(count)).values()];
        expect(held.flat().toSorted((a, b) => a - b)).toEqual(range(count));
        const sizes = held.map(partitions => partitions.length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('changes nothing when nobody came or went', () => {
    fc.assert(
      fc.property(members, partitionCount, (members, count) => {
        const before = assignSticky(members, range(count));
        const after = assignSticky(settled(before), range(count));
        const sorted = (held: Map<string, number[]>) => [...held].map(([id, own]) => [id, own.toSorted()]).toSorted();
        expect(sorted(after)).toEqual(sorted(before));
      }),
    );
  });

  it('takes from nobody when somebody leaves', () => {
    fc.assert(
      fc.property(members, partitionCount, (members, count) => {
        const [, ...staying] = settled(assignSticky(members, range(count)));
        const after = assignSticky(staying, range(count));
        for (const { memberId, owned } of staying)
          expect(after.get(memberId)).toEqual(expect.arrayContaining([...owned]));
      }),
    );
  });
});
