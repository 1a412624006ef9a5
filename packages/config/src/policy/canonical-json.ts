/**
 * One text for one content: keys sorted, nothing undefined, no white space. A policy is addressed by the hash of this
 * text, so that comments, order of keys and layout of the file make no new policy.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, nested: unknown) =>
    typeof nested === 'object' && nested !== null && !Array.isArray(nested)
      ? Object.fromEntries(Object.entries(nested).sort(([a], [b]) => (a < b ? -1 : 1)))
      : nested,
  );
}
