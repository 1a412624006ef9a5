import { SliceReader } from '@tierflow/redis/slice-reader';
import type { Command } from 'commander';
import { auditPartition } from '../audit/audit-partition.ts';
import type { PartitionAudit } from '../audit/finding.ts';
import { CommandFailure } from '../command-failure.ts';
import { withConnections } from '../connections.ts';
import { wholeNumber } from '../deployment-options.ts';
import { startProgress } from '../progress.ts';
import { runbook } from '../runbook.ts';
import { print, printJson, table } from '../terminal.ts';
import { type ServerCommandOptions, serverCommand } from './server-command.ts';

interface AuditOptions extends ServerCommandOptions {
  readonly partition?: string;
  readonly timeoutSeconds: string;
}

const findingsShown = 20;

export function addAudit(program: Command): void {
  serverCommand(
    program,
    'audit',
    'Prove that Redis holds what was written and that the last emitted standings are those of the state. May run daily, on a living system.',
  )
    .option('--partition <n>', 'only this partition')
    .option('--timeout-seconds <n>', 'wait so long for changes that are on their way', '60')
    .addHelpText(
      'after',
      `
Reads every customer's state and the whole of customer-tiers, and writes nothing. In each partition:
  digests    what is stored of each slice's customers against the digest that every commit moves along: finds keys that were
             evicted, deleted or altered beside tierflow
  ranks      each customer's place in the rank indexes, by which the population is cut, against the state
  standings  the last record of each customer on customer-tiers against the state

Ends with exit code 1 where something is found, or could not be checked. What to do then: ${runbook.auditFinding}

Examples:
  tierctl audit
  tierctl audit --partition 3
  tierctl audit --json | jq '.partitions[].findings[]'`,
    )
    .action(async (options: AuditOptions) => {
      const timeoutSeconds = wholeNumber('--timeout-seconds', options.timeoutSeconds, 0);
      await withConnections(options, async connections => {
        const { partitions: count, slices: sliceCount } = await connections.genesis();
        const partitions = partitionsOf(options.partition, count);
        const slices = await SliceReader.open(await connections.redis(), connections.environment.namespace);
        const progress = startProgress('Auditing', partitions.length * sliceCount);
        const audits: PartitionAudit[] = [];
        let done = 0;
        try {
          for (const partition of partitions) {
            audits.push(
              await auditPartition(connections, slices, partition, sliceCount, timeoutSeconds, () =>
                progress.update(++done, `partition ${partition}`),
              ),
            );
          }
        } finally {
          progress.end();
        }
        tell(connections.environment.namespace, audits, options.json);
      });
    });
}

export function partitionsOf(option: string | undefined, count: number): number[] {
  if (option === undefined) return Array.from({ length: count }, (_, partition) => partition);
  const partition = wholeNumber('--partition', option, 0);
  if (partition < count) return [partition];
  throw new CommandFailure(`there is no partition ${partition}`, `give one of 0 to ${count - 1}`, 2);
}

function tell(namespace: string, audits: readonly PartitionAudit[], json: boolean): void {
  const findings = audits.flatMap(({ partition, findings }) => findings.map(finding => ({ partition, ...finding })));
  const unchecked = audits.flatMap(({ partition, unchecked }) => unchecked.map(why => ({ partition, why })));
  if (json) {
    printJson({ namespace, findings: findings.length, unchecked: unchecked.length, partitions: audits });
  } else {
    print(
      table(
        ['partition', 'cursor', 'customers', 'digests', 'ranks', 'standings', 'findings'],
        audits.map(({ partition, cursor, customers, digestsEqual, ranksEqual, standingsEqual, findings }) => [
          ...[partition, cursor ?? '-', customers, verdict(digestsEqual), verdict(ranksEqual)],
          ...[verdict(standingsEqual), findings.length],
        ]),
      ),
    );
    for (const { partition, kind, customerId, slice, detail } of findings.slice(0, findingsShown)) {
      print(
        `partition ${partition} ${customerId === null ? `slice ${slice}` : `customer ${customerId}`}: ${kind}: ${detail}`,
      );
    }
    if (findings.length > findingsShown) print(`… and ${findings.length - findingsShown} more, see --json`);
    for (const { partition, why } of unchecked) print(`partition ${partition} is not wholly checked: ${why}`);
    if (findings.length === 0 && unchecked.length === 0) print('Everything is as it was written.');
  }
  if (findings.length > 0) {
    throw new CommandFailure(
      `${findings.length} findings in partitions ${namesOf(findings)}`,
      `do what ${runbook.auditFinding} says; \`tierctl refold --partition N\` folds a damaged partition anew`,
    );
  }
  if (unchecked.length > 0) {
    throw new CommandFailure(
      `partitions ${namesOf(unchecked)} could not be checked wholly`,
      'see why above, and run it again when that is over',
    );
  }
}

function verdict(equal: boolean | null): string {
  if (equal === null) return 'not checked';
  return equal ? 'equal' : 'differ';
}

function namesOf(where: readonly { readonly partition: number }[]): string {
  return [...new Set(where.map(({ partition }) => partition))].join(', ');
}
