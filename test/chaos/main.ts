/** `npm run chaos`: breaks the real thing and says whether anything was lost, doubled or reordered. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { UnmetNeed } from '@tierflow/local/unmet-need';
import { carryOut } from './carry-out.ts';
import type { ChaosSettings, FaultDone } from './chaos-run.ts';
import { type FaultKind, faultKinds, kindsOf, type Scenario, scenarios } from './fault-kinds.ts';
import { describeReport } from './report.ts';
import { weakenedSettings } from './weakened.ts';

const usage = `npm run chaos -- [options]
  --minutes 4       faults go on for so long, and until every kind has come
  --seed 1          which faults come in which order, and what flows meanwhile
  --scenario S4     faults of this scenario only; may be given several times
  --weaken          the negative control: tiering without two of its rules, until that is found out: exit code 1
  --json FILE       also writes the report to FILE, for machines
  --help

Scenarios:
${scenarios.map(scenario => `  ${scenario.padEnd(4)} ${kindsOf([scenario]).join(', ')}`).join('\n')}

Servers and processes are its own; it takes two processor cores and about 2 GB. Exit code 1: something was lost, doubled,
reordered or different, or the run did not cover what it should.

Examples:
  npm run chaos
  npm run chaos -- --minutes 30 --seed 7 --json chaos.json
  npm run chaos -- --minutes 2 --scenario S4 --scenario S5
  npm run chaos -- --minutes 1 --weaken`;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '4' },
    seed: { type: 'string', default: '1' },
    scenario: { type: 'string', multiple: true, default: [] },
    weaken: { type: 'boolean', default: false },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const minutes = Number(values.minutes);
const seed = Number(values.seed);
const unknown = values.scenario.filter(name => !scenarios.includes(name as Scenario));
if (values.help || !(minutes > 0) || !Number.isSafeInteger(seed) || unknown.length > 0) {
  if (unknown.length > 0) console.error(`There is no scenario ${unknown.join(', ')}.`);
  console.error(usage);
  process.exit(values.help ? 0 : 2);
}

const wanted = values.scenario as Scenario[];
const isMixed = wanted.length === 0 && !values.weaken;
const kinds = wanted.length > 0 ? kindsOf(wanted) : (Object.keys(faultKinds) as FaultKind[]);
// Alone, a scenario may take its time; in the mix it would keep the others waiting.
const faultMsMax = wanted.length > 0 ? 30_000 : 5000;
const settings: ChaosSettings = {
  ...(values.weaken ? weakenedSettings(minutes, seed) : { minutes, seed, kinds, faultMsMax, duplicatedShare: 0.15 }),
  onFault: showFault,
};

// Guards end the servers and processes of an owner that is gone.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

try {
  const { run, report, close } = await carryOut(settings, isMixed);
  console.log(describeReport(report));
  if (values.json !== undefined) writeFileSync(resolve(values.json), `${JSON.stringify(report, null, 2)}\n`);
  if (!report.ok) {
    run.pipeline.keepFolder();
    console.error(repetition());
  }
  await close();
  process.exit(report.ok ? 0 : 1);
} catch (error) {
  console.error(error instanceof UnmetNeed ? error.message : error);
  console.error(repetition());
  process.exit(1);
}

function showFault({ kind, what, seconds, recoverySeconds }: FaultDone): void {
  const recovered = recoverySeconds === null ? 'no wait' : `recovered in ${recoverySeconds.toFixed(1)} s`;
  console.error(`${faultKinds[kind].scenario} ${kind}: ${what}, ${seconds.toFixed(1)} s, ${recovered}`);
}

function repetition(): string {
  const only = wanted.map(scenario => ` --scenario ${scenario}`).join('');
  return `Repeat: npm run chaos -- --minutes ${minutes} --seed ${seed}${only}${values.weaken ? ' --weaken' : ''}`;
}
