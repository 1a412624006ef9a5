/** Who reads which partition: as evenly as possible first, and within that every member keeps what it has. */
export interface Member {
  readonly memberId: string;
  readonly owned: readonly number[];
}

export function assignSticky(members: readonly Member[], partitions: readonly number[]): Map<string, number[]> {
  const sorted = members.toSorted((a, b) => (a.memberId < b.memberId ? -1 : 1));
  const assignment = new Map(sorted.map(member => [member.memberId, [] as number[]]));
  if (sorted.length === 0) return assignment;
  const free = new Set(partitions);
  const share = Math.floor(partitions.length / sorted.length);
  let larger = partitions.length % sorted.length;

  // 1. Everybody keeps up to an even share, and the first who hold more keep one of the partitions left over.
  for (const { memberId, owned } of sorted) {
    const kept = assignment.get(memberId)!;
    for (const partition of owned.toSorted((a, b) => a - b)) {
      if (!free.has(partition) || kept.length > share || (kept.length === share && larger === 0)) continue;
      if (kept.length === share) larger--;
      kept.push(partition);
      free.delete(partition);
    }
  }
  // 2. The others are filled up with what nobody holds, the emptiest first.
  for (const partition of [...free].sort((a, b) => a - b)) {
    const emptiest = [...assignment.values()].reduce((least, held) => (held.length < least.length ? held : least));
    emptiest.push(partition);
  }
  return assignment;
}
