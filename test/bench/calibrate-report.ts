/** A run of calibrations, made readable. */
import type { CalibrationRun } from './calibrate.ts';
import type { Quantiles } from './quantiles.ts';
import { counted, rounded } from './report.ts';

export function printCalibration(run: CalibrationRun, machine: string): void {
  const rows: [string, string][] = [
    ['mode', 'calibrate'],
    ['machine', machine],
    ['customers', `${counted(run.customers)} in 2 rank indexes of 4 partitions`],
    ['Redis per place', `${Math.round(run.bytesPerPlace)} bytes`],
    ['commits', `${inWords(run.commitUs)} each`],
    ['PING, idle', inWords(run.idlePingUs)],
  ];
  for (const { name, isExact, milliseconds, commands, commandUs, pingUs } of run.tasks) {
    const { p50, max } = milliseconds;
    const verdict = isExact ? 'exact' : 'NOT the expected one';
    rows.push([name, `${rounded(p50)} ms, at most ${rounded(max)}; ${counted(commands)} commands; ${verdict}`]);
    for (const [command, times] of Object.entries(commandUs)) rows.push([`  ${command}`, inWords(times)]);
    rows.push(['  PING meanwhile', inWords(pingUs)]);
  }
  for (const [name, value] of rows) console.log(`${name.padEnd(30)} ${value}`);
  console.log('');
}

function inWords({ count, p50, p99, max }: Quantiles): string {
  return `p50 ${counted(p50)}, p99 ${counted(p99)}, max ${counted(max)} µs (${counted(count)})`;
}
