import { createInterface } from 'node:readline/promises';
import { CommandFailure } from './command-failure.ts';

/** Asks a person; where there is none, the command line must have said it. */
export async function confirm(question: string): Promise<void> {
  if (!process.stdin.isTTY) {
    throw new CommandFailure('this deletes what is there, and nobody can be asked', 'add --yes', 2);
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${question} Type yes: `);
    if (answer.trim().toLowerCase() !== 'yes') throw new CommandFailure('nothing was deleted', 'answer yes to go on');
  } finally {
    terminal.close();
  }
}
