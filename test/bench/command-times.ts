/**
 * How long Redis works on each command, by its own clock: the slow log with a threshold of zero holds every one of them.
 * Nobody else is served in that time.
 */
import type { Redis } from 'ioredis';
import { type Quantiles, quantilesOf } from './quantiles.ts';

const commandsMax = 200_000;

export async function logEveryCommand(client: Redis): Promise<void> {
  await client.config('SET', 'slowlog-max-len', commandsMax);
  await client.config('SET', 'slowlog-log-slower-than', 0);
}

/** Microseconds by command since the last time; those of the probe and of the measurement itself are left out. */
export async function takeCommandTimes(client: Redis): Promise<Map<string, Quantiles>> {
  const entries = (await client.slowlog('GET', -1)) as [id: number, at: number, tookUs: number, words: string[]][];
  await client.slowlog('RESET');
  const byCommand = new Map<string, number[]>();
  for (const [, , tookUs, [command]] of entries) {
    const name = command!.toLowerCase();
    if (name === 'ping' || name === 'slowlog' || name === 'config') continue;
    const times = byCommand.get(name);
    if (times === undefined) byCommand.set(name, [tookUs]);
    else times.push(tookUs);
  }
  return new Map([...byCommand].map(([name, times]) => [name, quantilesOf(times)]));
}
