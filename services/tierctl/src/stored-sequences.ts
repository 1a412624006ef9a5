import { decodeHead, type NameTable } from '@tierflow/customer/customer-codec';

/** Which sealed chunks belong to a stored head. They do not depend on whose head it is. */
export function sequencesIn(head: Uint8Array, names: NameTable): readonly number[] {
  return decodeHead('', head, names).chunkSequences;
}
