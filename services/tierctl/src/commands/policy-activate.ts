import { parseDay } from '@tierflow/customer/epoch-day';
import { isCalendarDay } from '@tierflow/customer/event-problem';
import type { EpochDay, RolloutMode } from '@tierflow/customer/events';
import { type Command, Option } from 'commander';
import { CommandFailure } from '../command-failure.ts';
import { wholeNumber } from '../deployment-options.ts';
import { slicesNamed } from '../policies/slice-share.ts';
import { carryOut, type RolloutOptions, rolloutCommand } from './rollout-options.ts';

interface PolicyActivateOptions extends RolloutOptions {
  readonly slices?: string;
  readonly mode?: RolloutMode;
  readonly keepUntil?: string;
}

export function addPolicyActivate(policy: Command): void {
  rolloutCommand(policy, 'activate <version>', 'Let customers follow a published version: some of them first, or all.')
    .option('--slices <n>', 'so many slices of every partition, 8, or a share of them, 1/64 (default: all)')
    .addOption(
      new Option(
        '--mode <mode>',
        'immediate: everybody is judged by it at once (default); grandfather: nobody falls because of it for a while; lazy: each customer comes to it with its next record or day of change',
      ).choices(['immediate', 'grandfather', 'lazy']),
    )
    .option('--keep-until <day>', 'of grandfather: the last day on which a tier is kept (default: a year from today)')
    .addHelpText(
      'after',
      `
Customers belong to slices by their ids, evenly, so that 1/64 of the slices is about 1/64 of the customers. Give the same
version again with more slices, or without --slices, to go on. Until the roll-out is sealed, \`tierctl policy rollback\`
restores what customers were before; one roll-out is under way at a time. The conductor carries it out, so one must run.

Examples:
  tierctl policy activate 2 --slices 1/64 --reason "spring campaign" --watch
  tierctl report && tierctl policy activate 2 --watch
  tierctl policy activate 2 --mode grandfather --keep-until 2026-12-31`,
    )
    .action(async (text: string, options: PolicyActivateOptions) => {
      const version = wholeNumber('the version', text, 1);
      const keepUntilDay = options.keepUntil === undefined ? null : dayOf(options.keepUntil);
      if (keepUntilDay !== null && options.mode !== undefined && options.mode !== 'grandfather') {
        throw new CommandFailure('--keep-until belongs to --mode grandfather', 'leave one of them out', 2);
      }
      await carryOut(options, (signature, slices) => ({
        ...signature,
        action: 'activate',
        version,
        slices: options.slices === undefined ? null : slicesNamed(options.slices, slices),
        mode: options.mode ?? (keepUntilDay === null ? null : 'grandfather'),
        keepUntilDay,
      }));
    });
}

function dayOf(text: string): EpochDay {
  const day = parseDay(text);
  if (day !== null && isCalendarDay(day)) return day;
  throw new CommandFailure(`--keep-until is ${JSON.stringify(text)}`, 'write a day as 2026-12-31', 2);
}
