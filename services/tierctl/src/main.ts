/** The command line of tierflow. Results go to stdout, everything else to stderr. */
import { Command, CommanderError } from 'commander';
import { toCommandFailure } from './command-failure.ts';
import { addAudit } from './commands/audit.ts';
import { addAwait } from './commands/await.ts';
import { addBacktest } from './commands/backtest.ts';
import { addBackup } from './commands/backup.ts';
import { addClock } from './commands/clock.ts';
import { addExplain } from './commands/explain.ts';
import { addExport } from './commands/export.ts';
import { addFlow } from './commands/flow.ts';
import { addHalted } from './commands/halted.ts';
import { addImport } from './commands/import.ts';
import { addInit } from './commands/init.ts';
import { addPolicyActivate } from './commands/policy-activate.ts';
import { addPolicyCheck } from './commands/policy-check.ts';
import { addPolicyDiff } from './commands/policy-diff.ts';
import { addPolicyPublish } from './commands/policy-publish.ts';
import { addPolicyRollback } from './commands/policy-rollback.ts';
import { addPolicySchema } from './commands/policy-schema.ts';
import { addPolicySeal } from './commands/policy-seal.ts';
import { addPolicyStatus } from './commands/policy-status.ts';
import { addProduce } from './commands/produce.ts';
import { addRefold } from './commands/refold.ts';
import { addRejects } from './commands/rejects.ts';
import { addReport } from './commands/report.ts';
import { addRestore } from './commands/restore.ts';
import { addSourcesCheck } from './commands/sources-check.ts';
import { addTopics } from './commands/topics.ts';
import { addWhatIf } from './commands/whatif.ts';

const program = new Command('tierctl')
  .description('Opens, feeds and asks tierflow: an event-sourced processor of customer tiers.')
  .exitOverride()
  .configureOutput({
    outputError: (text, write) => write(`tierctl: ${text.replace(/^error: /, '').trim()} — see tierctl --help\n`),
  })
  .addHelpText(
    'after',
    `
Environment:
  KAFKA_BROKERS, REDIS_URL, SCHEMA_REGISTRY_URL   the servers
  TIERFLOW_NAMESPACE                              the namespace (default: tierflow)

Examples:
  tierctl init --policy retail-ladder.yaml        open a log
  tierctl import events.jsonl.gz                  feed it
  tierctl import --mapping sources.yaml a.xlsx    feed it a table
  tierctl rejects list                            see what was not accepted, and why
  tierctl report                                  see who stands where, and why
  tierctl explain 12347                           see why one customer stands where it stands
  tierctl flow --from 2026-01-01                  see who moved between the tiers since then, and why
  tierctl policy publish new.yaml                 make another policy known …
  tierctl policy activate 2 --slices 1/64         … and let the first customers follow it
  tierctl policy status                           see how its roll-out stands
  tierctl halted                                  see which partitions stand still, and what to do
  tierctl audit                                   prove that nothing was lost, daily`,
  );

addInit(program);
addTopics(program);
const policy = program
  .command('policy')
  .description('Check, compare and publish policies; roll them out step by step, and back.')
  .addHelpText(
    'after',
    `
A policy's life:
  tierctl policy check new.yaml                   every problem with its line
  tierctl policy diff 1 new.yaml                  what is different from the version in force
  tierctl policy publish new.yaml                 make it known; nobody follows it yet
  tierctl policy activate 2 --slices 1/64         let some customers follow it, and look at them
  tierctl policy activate 2                       then everybody
  tierctl policy status --watch                   how far it is, and by whom
  tierctl policy rollback                         back, as if it had never been
  tierctl policy seal                             or for good`,
  );
addPolicyCheck(policy);
addPolicyDiff(policy);
addPolicyPublish(policy);
addPolicyActivate(policy);
addPolicyRollback(policy);
addPolicySeal(policy);
addPolicyStatus(policy);
addPolicySchema(policy);
addSourcesCheck(program.command('sources').description('Work on sources files, which say what foreign records mean.'));
addProduce(program);
addImport(program);
addAwait(program);
addClock(program);
addExport(program);
addReport(program);
addFlow(program);
addExplain(program);
addRejects(program.command('rejects').description('See what was not accepted, and map it once more.'));
addBacktest(program);
addWhatIf(program);
addHalted(program);
addAudit(program);
addRefold(program);
addBackup(program);
addRestore(program);

// A reader that has seen enough, such as head, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = tell(error);
}

function tell(error: unknown): number {
  // Commander has told already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const failure = toCommandFailure(error);
  if (failure === null) {
    process.stderr.write(
      `tierctl: ${error instanceof Error ? error.stack : error} — this is a defect, please report it\n`,
    );
    return 1;
  }
  process.stderr.write(`tierctl: ${failure.message} — ${failure.remedy}\n`);
  return failure.exitCode;
}
