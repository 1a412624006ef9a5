/**
 * A process id is reused; an id together with the instant of the start is not. A process is taken for ours, and killed,
 * only when both agree with what was written down when it was started.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** null: there is no such process, or only its zombie. */
export function identityOf(pid: number): string | null {
  return process.platform === 'linux' ? linuxIdentity(pid) : posixIdentity(pid);
}

function linuxIdentity(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command stands in parentheses and may contain anything, so fields count from behind the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const state = fields[0];
    const startTicks = fields[19];
    if (state === 'Z' || startTicks === undefined) return null;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${startTicks}`;
  } catch {
    return null;
  }
}

function posixIdentity(pid: number): string | null {
  const ps = spawnSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], { encoding: 'utf8' });
  const [, state, startedAt] = /^\s*(\S+)\s+(.+?)\s*$/m.exec(ps.stdout ?? '') ?? [];
  return startedAt === undefined || state?.startsWith('Z') ? null : startedAt;
}
