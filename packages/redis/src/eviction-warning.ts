import type { RedisMemory } from './memory.ts';

/** A warning for the operator where Redis may evict keys, which would silently forget customers; else null. */
export function evictionWarning(memory: RedisMemory): string | null {
  if (memory.evictionPolicy === 'noeviction') return null;
  return (
    `Redis has maxmemory-policy ${memory.evictionPolicy}: at its memory limit it would delete customers instead of ` +
    'refusing writes. Set maxmemory-policy noeviction.'
  );
}
