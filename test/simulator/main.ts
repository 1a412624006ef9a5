/** `npm run simulate`: the protocol under every fault that the simulated world knows, seed by seed. */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import cliProgress from 'cli-progress';
import { weaken } from '../weakness/weaken.ts';
import { needed } from './coverage.ts';
import { replay } from './replay.ts';
import type { SeedsRun } from './run-seeds.ts';
import { runSeedsInThreads } from './seed-threads.ts';
import { findWeakness, weaknesses } from './weaknesses.ts';

const usage = `npm run simulate -- [options]
  --seeds 5000      how many seeds
  --from 1          the first one
  --seed N          replays one seed; where it fails, the run is shrunk, and its last steps are shown
  --weakness NAME   with a weakness built in, which is to be caught: ends at the first violation
  --weaknesses      every weakness, each until it is caught; --seeds is the most that one may need
  --jobs N          threads (default: as many as there are processors)
  --json            one line of JSON instead of a table

Examples
  npm run simulate -- --seeds 200000 --from 1000000
  npm run simulate -- --seed 4711
  npm run simulate -- --weaknesses --seeds 20000
  npm run simulate -- --seed 17 --weakness trimsUnconfirmed`;

/** A run as long as this has to meet everything that there is to meet. */
const coveringSeeds = 2000;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '5000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    weakness: { type: 'string' },
    weaknesses: { type: 'boolean', default: false },
    jobs: { type: 'string', default: String(availableParallelism()) },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const [seeds, from, jobs] = [values.seeds, values.from, values.jobs].map(Number) as [number, number, number];
if (values.help || ![seeds, from, jobs].every(value => Number.isSafeInteger(value) && value > 0)) {
  console.error(usage);
  process.exit(values.help ? 0 : 2);
}

if (values.seed !== undefined) process.exitCode = await replaySeed(Number(values.seed), values.weakness ?? null);
else if (values.weaknesses) process.exitCode = await catchWeaknesses();
else process.exitCode = await simulate(values.weakness ?? null);

async function replaySeed(seed: number, weakness: string | null): Promise<number> {
  if (weakness !== null) weaken(findWeakness(weakness));
  // The code under test is loaded after that.
  const isFine = await replay(seed);
  return isFine ? 0 : 1;
}

async function simulate(weakness: string | null): Promise<number> {
  const startedAt = performance.now();
  const run = await withBar('seeds', seeds, onProgress =>
    runSeedsInThreads({ from, seeds, jobs, weakness, stopsAtViolation: weakness !== null, onProgress }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  const counts = new Map(run.coverage);
  const missing = run.seeds >= coveringSeeds && weakness === null ? needed.filter(what => !counts.has(what)) : [];
  if (values.json) {
    console.log(JSON.stringify({ ...run, coverage: Object.fromEntries(run.coverage), missing, seconds }));
  } else {
    printCoverage(counts);
    for (const { seed, what } of run.violations.slice(0, 10)) {
      console.log(`\nSeed ${seed}: ${what}`);
      console.log(`Replay: npm run simulate -- --seed ${seed}${weakness === null ? '' : ` --weakness ${weakness}`}`);
    }
    if (missing.length > 0) console.log(`\nInvalid: this run never met ${missing.join('; ')}.`);
    console.log(`\n${summaryOf(run, seconds)}`);
  }
  return run.violations.length > 0 || missing.length > 0 ? 1 : 0;
}

async function catchWeaknesses(): Promise<number> {
  const caught: { name: string; what: string; seeds: number | null; violation: string }[] = [];
  await withBar('weaknesses', weaknesses.length, async onProgress => {
    for (const { name, what } of weaknesses) {
      const run = await runSeedsInThreads({ from, seeds, jobs, weakness: name, stopsAtViolation: true });
      const [first] = run.violations;
      const firstLine = first?.what.split('\n')[0] ?? `not caught in ${run.seeds} seeds`;
      caught.push({ name, what, seeds: first === undefined ? null : first.seed - from + 1, violation: firstLine });
      onProgress(caught.length, 0);
    }
  });
  const escaped = caught.filter(each => each.seeds === null);
  if (values.json) {
    console.log(JSON.stringify({ weaknesses: caught }));
  } else {
    for (const each of caught) {
      console.log(`${each.name.padEnd(22)} ${String(each.seeds ?? '–').padStart(6)}  ${each.violation.slice(0, 100)}`);
    }
    console.log(`\n${caught.length} weaknesses, ${escaped.length} not caught within ${seeds} seeds`);
  }
  return escaped.length > 0 ? 1 : 0;
}

function summaryOf(run: SeedsRun, seconds: number): string {
  const n = (count: number) => count.toLocaleString('en');
  return (
    `${run.seeds} seeds, ${run.violations.length} violations, ${n(run.faults)} faults, ${n(run.changes)} changes, ` +
    `${n(run.steps)} steps, ${Math.round(run.seeds / seconds)} seeds/s`
  );
}

function printCoverage(counts: ReadonlyMap<string, number>): void {
  for (const what of needed)
    console.log(`${what.padEnd(45)} ${(counts.get(what) ?? 0).toLocaleString('en').padStart(12)}`);
}

async function withBar<T>(
  what: string,
  total: number,
  work: (onProgress: (done: number, violations: number) => void) => Promise<T>,
): Promise<T> {
  const format = ` {bar} {value}/{total} ${what} · {violations} violations · {eta_formatted} left`;
  const bar = new cliProgress.SingleBar(
    { format, hideCursor: true, noTTYOutput: false, stream: process.stderr },
    cliProgress.Presets.shades_grey,
  );
  bar.start(total, 0, { violations: 0 });
  try {
    return await work((done, violations) => bar.update(done, { violations }));
  } finally {
    bar.stop();
  }
}
