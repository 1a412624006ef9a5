/**
 * `npm test`: sources are checked, then all tests run; with a filter, only the tests of the files that match.
 *
 * The last line of standard output is `N passed, N failed`, counted by the runner, for people and for CI alike.
 */
import { relative } from 'node:path';
import { parseCLI, startVitest, type TestCase, type TestModule, type Vitest } from 'vitest/node';
import { checkSources } from './check-sources.ts';
import { repositoryDir } from './paths.ts';

interface Tally {
  readonly passed: number;
  readonly failed: number;
  /** The commands that repeat what failed. */
  readonly repeats: readonly string[];
}

const nothing: Tally = { passed: 0, failed: 0, repeats: [] };

process.chdir(repositoryDir);
const args = process.argv.slice(2);
const { filter, options } = parseCLI(['vitest', 'run', ...args]);

// Somebody who names a file wants its tests, and quickly.
const sourcesAreFine = args.length > 0 || (await checkSources());
const { tally, succeeded } = sourcesAreFine ? await runTests() : { tally: nothing, succeeded: false };
if (sourcesAreFine && tally.passed + tally.failed === 0) console.error('No test ran.');
for (const repeat of tally.repeats) console.log(`Repeat: ${repeat}`);
console.log(`${tally.passed} passed, ${tally.failed} failed`);
process.exit(succeeded && tally.passed > 0 && tally.failed === 0 ? 0 : 1);

async function runTests(): Promise<{ tally: Tally; succeeded: boolean }> {
  const vitest = await startVitest('test', filter, { ...options, run: true, watch: false });
  const outcome = count(vitest);
  await vitest.close();
  // The runner sets this for what is no test's failure: an unhandled rejection, a file that cannot be loaded.
  return { tally: outcome, succeeded: (process.exitCode ?? 0) === 0 };
}

function count(vitest: Vitest): Tally {
  let passed = 0;
  const repeats: string[] = [];
  for (const module of vitest.state.getTestModules()) {
    let failedHere = 0;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === 'passed') passed += 1;
      if (state !== 'failed') continue;
      failedHere += 1;
      repeats.push(commandFor(module, test));
    }
    // A file that cannot be loaded holds no test that could fail, and a failing hook fails none.
    if (failedHere === 0 && module.state() === 'failed') repeats.push(commandFor(module));
  }
  return { passed, failed: repeats.length, repeats };
}

function commandFor(module: TestModule, test?: TestCase): string {
  const file = relative(repositoryDir, module.moduleId);
  if (test === undefined) return `npm test -- ${file}`;
  // The runner takes the name for a regular expression.
  const name = test.fullName.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return `npm test -- ${file} -t ${shellQuoted(name)}`;
}

function shellQuoted(text: string): string {
  return /["$`\\!]/.test(text) ? `'${text.replaceAll("'", `'\\''`)}'` : `"${text}"`;
}
