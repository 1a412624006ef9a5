/** What every command has that directs a roll-out. */
import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { CommandFailure } from '../command-failure.ts';
import { type Connections, withConnections } from '../connections.ts';
import { wholeNumber } from '../deployment-options.ts';
import { type Language, languageOption } from '../language.ts';
import { describeRolloutStatus } from '../policies/describe-status.ts';
import { type Directed, directRollout } from '../policies/direct-rollout.ts';
import type { Wish } from '../policies/directive.ts';
import { type RolloutStatus, rolloutStatus } from '../policies/rollout-status.ts';
import { readStates, watchRollout } from '../policies/watch-rollout.ts';
import { print, printJson } from '../terminal.ts';
import { type ServerCommandOptions, serverCommand } from './server-command.ts';

export interface RolloutOptions extends ServerCommandOptions {
  readonly lang: Language;
  readonly actor?: string;
  readonly reason: string;
  readonly watch: boolean;
  readonly timeoutSeconds: string;
  readonly watchSeconds: string;
}

const textLengthMax = 256;

export function rolloutCommand(policy: Command, nameAndArguments: string, description: string): Command {
  return serverCommand(policy, nameAndArguments, description)
    .option('--actor <name>', 'who directs it (default: your name on this machine)')
    .option('--reason <text>', 'why, for those who see it later', '')
    .option('--watch', 'end when it has come as far', false)
    .option('--timeout-seconds <n>', 'wait no longer than this for tiering', '60')
    .option('--watch-seconds <n>', 'of --watch: give up after this time', '3600')
    .addOption(languageOption('what is said'));
}

/** Directs it, waits where that is asked for, and tells how it stands. */
export async function carryOut(
  options: RolloutOptions,
  wishOf: (signature: Pick<Wish, 'directiveId' | 'actor' | 'reason'>, slices: number) => Wish,
): Promise<void> {
  const signature = { directiveId: randomUUID(), ...signatureOf(options) };
  const timeoutSeconds = wholeNumber('--timeout-seconds', options.timeoutSeconds, 0);
  const watchSeconds = wholeNumber('--watch-seconds', options.watchSeconds, 0);
  await withConnections(options, async connections => {
    const genesis = await connections.genesis();
    const wish = wishOf(signature, genesis.slices);
    const directed = await directRollout(connections, genesis, wish, timeoutSeconds, options.lang);
    const status = options.watch
      ? await watchRollout(connections, genesis, watchSeconds)
      : await statusOf(connections, genesis.partitions);
    tell(directed, status, options);
  });
}

async function statusOf(connections: Connections, partitions: number): Promise<RolloutStatus | null> {
  return rolloutStatus(await readStates(connections, partitions));
}

function tell({ outcome }: Directed, status: RolloutStatus | null, { json, lang }: RolloutOptions): void {
  if (json) {
    printJson({ outcome, rollout: status });
    return;
  }
  print(outcomes[lang][outcome]);
  if (status !== null) print(describeRolloutStatus(status, lang).join('\n'));
}

const outcomes: Readonly<Record<Language, Readonly<Record<Directed['outcome'], string>>>> = {
  en: {
    directed: 'Directed; the conductor carries it out.',
    unchanged: 'It stands already as you ask. Nothing was written.',
  },
  zh: { directed: '已登记，由 conductor 执行。', unchanged: '当前状态已符合要求，未写入任何内容。' },
};

function signatureOf({ actor, reason }: RolloutOptions): { readonly actor: string; readonly reason: string } {
  const name = (actor ?? userInfo().username).trim();
  if (name === '' || name.length > textLengthMax) {
    throw new CommandFailure('--actor is empty or too long', `give a name of 1 to ${textLengthMax} characters`, 2);
  }
  if (reason.length > textLengthMax) {
    throw new CommandFailure('--reason is too long', `give a text of at most ${textLengthMax} characters`, 2);
  }
  return { actor: name, reason };
}
