import { setTimeout as delay } from 'node:timers/promises';
import { noDay } from '@tierflow/customer/customer';
import { formatDay, parseDay } from '@tierflow/customer/epoch-day';
import { isCalendarDay } from '@tierflow/customer/event-problem';
import type { EpochDay } from '@tierflow/customer/events';
import { ManualClock } from '@tierflow/redis/manual-clock';
import type { Command } from 'commander';
import { CommandFailure } from '../command-failure.ts';
import { type Connections, withConnections } from '../connections.ts';
import { wholeNumber } from '../deployment-options.ts';
import { readLogDay } from '../read-log-day.ts';
import { print, printJson } from '../terminal.ts';
import { type ServerCommandOptions, serverCommand } from './server-command.ts';

interface ClockSetOptions extends ServerCommandOptions {
  readonly wait: boolean;
  readonly timeoutSeconds: string;
}

const pollIntervalMs = 100;

export function addClock(program: Command): void {
  const clock = program.command('clock').description('The manual clock: days pass when you say so.');

  serverCommand(clock, 'set <day>', 'Set the manual clock; the conductor opens every day up to it.')
    .option('--wait', 'end when the conductor has opened them', false)
    .option('--timeout-seconds <n>', 'of --wait: give up after this time', '60')
    .addHelpText(
      'after',
      `
Only a conductor that runs with TIERFLOW_CLOCK=manual follows this clock. A day before the log's present one is refused,
because a business day that has begun cannot be taken back.

Examples:
  tierctl clock set 2017-03-05
  tierctl clock set 2017-03-05 --wait && tierctl await && tierctl report
  tierctl clock set 2017-03-05 --json`,
    )
    .action(async (text: string, options: ClockSetOptions) => {
      const day = calendarDay(text);
      const timeoutSeconds = wholeNumber('--timeout-seconds', options.timeoutSeconds, 0);
      await withConnections(options, async connections => {
        await connections.genesis();
        const logDay = await readLogDay(connections);
        if (day < logDay) {
          throw new CommandFailure(
            `${text} is before ${formatDay(logDay)}, the present day of the log, which cannot be taken back`,
            'set a later day, or begin anew with `tierctl init --fresh` or another --namespace',
          );
        }
        await manualClock(connections).then(manual => manual.set(day));
        const reached = options.wait ? await awaitLogDay(connections, day, timeoutSeconds) : logDay;
        tell(connections, day, reached, options);
      });
    });

  serverCommand(clock, 'show', 'Show the manual clock and the present day of the log.')
    .addHelpText(
      'after',
      `
Examples:
  tierctl clock show
  tierctl clock show --json`,
    )
    .action(async (options: ServerCommandOptions) => {
      await withConnections(options, async connections => {
        await connections.genesis();
        const day = await manualClock(connections).then(manual => manual.today());
        tell(connections, day, await readLogDay(connections), options);
      });
    });
}

async function awaitLogDay(connections: Connections, day: EpochDay, timeoutSeconds: number): Promise<EpochDay> {
  const waitUntil = performance.now() + timeoutSeconds * 1000;
  for (;;) {
    const logDay = await readLogDay(connections);
    if (logDay >= day) return logDay;
    if (performance.now() > waitUntil) {
      throw new CommandFailure(
        `the log has not come to ${formatDay(day)} after ${timeoutSeconds} s`,
        'check that a conductor runs with TIERFLOW_CLOCK=manual; its log and /readyz say what it waits for',
      );
    }
    await delay(pollIntervalMs);
  }
}

function calendarDay(text: string): EpochDay {
  const day = parseDay(text);
  if (day !== null && isCalendarDay(day)) return day;
  throw new CommandFailure(`${JSON.stringify(text)} is no day from 1970 to 2200`, 'write it as 2017-03-05', 2);
}

async function manualClock(connections: Connections): Promise<ManualClock> {
  return new ManualClock(await connections.redis(), connections.environment.namespace);
}

function tell(
  { environment: { namespace } }: Connections,
  day: EpochDay | null,
  logDay: EpochDay,
  { json }: ServerCommandOptions,
): void {
  const clockText = day === null ? null : formatDay(day);
  const logText = logDay === noDay ? null : formatDay(logDay);
  if (json) {
    printJson({ namespace, manualClock: clockText, logDay: logText });
    return;
  }
  print(
    clockText === null
      ? `Nobody has set the manual clock of ${namespace}.`
      : `The manual clock of ${namespace} stands at ${clockText}.`,
  );
  print(logText === null ? 'The log has no business day yet.' : `The log's present day is ${logText}.`);
  print('A conductor that runs with TIERFLOW_CLOCK=manual follows this clock; with TIERFLOW_CLOCK=system none does.');
}
