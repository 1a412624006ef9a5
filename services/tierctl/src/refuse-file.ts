/** How a check of a file ends that found problems: all of them on stdout, and the exit code of a failure. */
import type { FileProblem } from '@tierflow/config/yaml/file-problem';
import { formatFileProblems } from '@tierflow/config/yaml/format-file-problems';
import { CommandFailure } from './command-failure.ts';
import { print, printJson } from './terminal.ts';

export function refuseFile(file: string, problems: readonly FileProblem[], json: boolean): never {
  if (json) printJson({ ok: false, problems });
  else print(formatFileProblems(file, problems));
  const { length } = problems;
  throw new CommandFailure(`${file} has ${length} problem${length === 1 ? '' : 's'}`, 'mend the lines above');
}
