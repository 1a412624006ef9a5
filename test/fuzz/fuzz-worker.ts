/**
 * Runs one subject over many inputs, in a thread of its own, so that a hang or an exhausted memory ends this thread and
 * not the suite. The time of an input is that of this thread's processor, which a busy machine does not add to.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';
import fc from 'fast-check';
import { assertIntrinsics, sizeOfPlain, snapshotIntrinsics } from './intrinsics.ts';
import type { FuzzMessage, FuzzOrder, FuzzReport, FuzzSubject } from './subject.ts';

/** The limit that hostile input is held to. */
const inputMsMax = 1000;
/** For making the input that failed a simpler one; afterwards every other one counts as harmless. */
const simplifyMs = 15_000;
const resultSizeMin = 100_000;
const growthMaxByDefault = 64;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const order = workerData as FuzzOrder;
const begun = new Int32Array(order.begun);
const { subject }: { subject: FuzzSubject<unknown> } = await import(`./subjects/${order.subject}.ts`);
const intrinsics = snapshotIntrinsics();
let slowestMs = 0;
let largestResult = 0;
let failedAt = Number.POSITIVE_INFINITY;
let warmHeapBytes = 0;

const property = fc.asyncProperty(subject.input, async input => {
  // What the first inputs build (schemas, zones, compiled code) stays; growth is what comes after them.
  if (Atomics.add(begun, 0, 1) === Math.floor(order.runs / 4)) warmHeapBytes = heapBytes();
  if (performance.now() - failedAt > simplifyMs) return;
  try {
    await tryOne(input);
  } catch (error) {
    if (failedAt === Number.POSITIVE_INFINITY) {
      failedAt = performance.now();
      const path = order.path === '' ? String(Atomics.load(begun, 0) - 1) : order.path;
      // Simplifying it may take for ever: this much is known by now.
      parentPort!.postMessage({ kind: 'found', finding: { path, message: whyOf(error) } } satisfies FuzzMessage);
    }
    throw error;
  }
});

async function tryOne(input: unknown): Promise<void> {
  const sizeMax = resultSizeMin + (subject.growthMax ?? growthMaxByDefault) * subject.sizeOf(input);
  const before = process.threadCpuUsage();
  const result = await subject.run(input);
  const { user, system } = process.threadCpuUsage(before);
  const ms = (user + system) / 1000;
  slowestMs = Math.max(slowestMs, ms);
  if (ms > inputMsMax) throw new Error(`It took ${Math.round(ms)} ms.`);
  largestResult = Math.max(largestResult, sizeOfPlain(result, sizeMax));
  assertIntrinsics(intrinsics);
}

const { seed, path, runs } = order;
const outcome = await fc.check(property, { seed, path, numRuns: runs, ...(path === '' ? {} : { endOnFailure: true }) });
const report: FuzzReport = {
  finding: outcome.failed ? { path: outcome.counterexamplePath ?? '', message: describe(outcome) } : null,
  runs: outcome.numRuns,
  slowestMs,
  largestResult,
  heapGrowthBytes: outcome.failed ? 0 : heapBytes() - warmHeapBytes,
};
parentPort!.postMessage({ kind: 'done', report } satisfies FuzzMessage);

function heapBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function describe({ counterexample, errorInstance, numShrinks }: fc.RunDetails<[unknown]>): string {
  const input = fc.stringify(counterexample?.[0]);
  const shown =
    input.length > 4000 ? `${input.slice(0, 2000)} … ${input.slice(-1000)} (${input.length} characters)` : input;
  return `${whyOf(errorInstance)}\nInput after ${numShrinks} simplifications: ${shown}`;
}

function whyOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
