/** The counter hashes as Redis replies them: name, value, name, value… */
export function decodeCounters(reply: readonly Buffer[]): Map<string, number> {
  const counters = new Map<string, number>();
  for (let i = 0; i + 1 < reply.length; i += 2) {
    counters.set(reply[i]!.toString(), Number(reply[i + 1]!.toString('latin1')));
  }
  return counters;
}
