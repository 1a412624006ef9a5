/** The digest hash as Redis replies it: slice, digest, slice, digest… */
export function decodeDigests(reply: readonly Buffer[]): Map<number, string> {
  const digests = new Map<number, string>();
  for (let i = 0; i + 1 < reply.length; i += 2) {
    digests.set(Number(reply[i]!.toString('latin1')), reply[i + 1]!.toString('latin1'));
  }
  return digests;
}
