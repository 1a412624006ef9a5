/** Lint, format and types. Each workspace package is a program of its own: ring 0 must not see the types of Node. */
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import colors from 'picocolors';
import { repositoryDir } from './paths.ts';
import { ProgramFailed, runToEnd } from './processes/run-to-end.ts';
import { inStep, openProgress } from './progress.ts';

const binDir = join(repositoryDir, 'node_modules', '.bin');

/** false: something is wrong, and was said on standard error. */
export async function checkSources(fix = false): Promise<boolean> {
  const progress = openProgress();
  const failures: string[] = [];
  const attempt = async (title: string, remedy: string, action: () => Promise<unknown>) => {
    try {
      await inStep(progress, title, action);
    } catch (error) {
      if (!(error instanceof ProgramFailed)) throw error;
      failures.push(`${error.output.trimEnd()}\n\n${title} failed. ${remedy}`);
    }
  };
  await attempt('Format and lint', 'This mends most of it: npm run check -- --fix', () =>
    runToEnd({
      command: join(binDir, 'biome'),
      args: ['check', '--error-on-warnings', ...(fix ? ['--write'] : []), '.'],
      cwd: repositoryDir,
    }),
  );
  await attempt('Types', 'Repeat without the tests: npm run check', checkTypes);
  for (const failure of failures) console.error(`\n${failure.replace(/failed\. /, `${colors.red('failed')}. `)}`);
  return failures.length === 0;
}

async function checkTypes(): Promise<void> {
  const projectFiles = ['{packages,services}/*/tsconfig.json', 'deploy/local/tsconfig.json', 'test/tsconfig.json'];
  const waiting = globSync(projectFiles, { cwd: repositoryDir });
  const outputs: string[] = [];
  const worker = async () => {
    for (let project = waiting.shift(); project !== undefined; project = waiting.shift()) {
      try {
        const args = ['-p', dirname(project), '--pretty', String(process.stderr.isTTY ?? false)];
        await runToEnd({ command: join(binDir, 'tsc'), args, cwd: repositoryDir });
      } catch (error) {
        if (!(error instanceof ProgramFailed)) throw error;
        outputs.push(error.output);
      }
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  if (outputs.length > 0) throw new ProgramFailed({ command: 'tsc', args: [] }, 'found errors', outputs.join(''));
}
