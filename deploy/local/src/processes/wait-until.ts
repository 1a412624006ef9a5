const pollMs = 25;

/** Polls until the condition gives something else than false or null; null: the time is over. */
export async function waitUntil<T>(
  condition: () => T | Promise<T>,
  timeoutMs: number,
): Promise<Exclude<T, false | null> | null> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value !== false && value !== null) return value as Exclude<T, false | null>;
    if (performance.now() >= deadline) return null;
    await new Promise(resolve => setTimeout(resolve, pollMs));
  }
}
