import { checkTopics } from '@tierflow/kafka/topics';
import type { Command } from 'commander';
import { CommandFailure } from '../command-failure.ts';
import { withConnections } from '../connections.ts';
import { print, printJson, table } from '../terminal.ts';
import { listTopics } from '../topic-listing.ts';
import { type ServerCommandOptions, serverCommand } from './server-command.ts';

export function addTopics(program: Command): void {
  serverCommand(program, 'topics', 'List the topics of the namespace and check the settings that exactly once needs.')
    .addHelpText(
      'after',
      `
Ends with exit code 1 where a topic is missing or wrong, and says how to mend it.

Examples:
  tierctl topics
  tierctl topics --namespace trial --json`,
    )
    .action(async (options: ServerCommandOptions) => {
      await withConnections(options, async connections => {
        const { topics } = connections.environment;
        const genesis = await connections.findGenesis();
        const listed = await listTopics(connections.kafka, topics);
        // Without a genesis nobody has said how many partitions there must be.
        const partitions =
          genesis?.partitions ?? listed.find(({ topic }) => topic === topics.customerEvents)?.partitions ?? 1;
        const problems = await checkTopics(connections.kafka, topics, partitions);
        if (options.json) {
          printJson({ topics: listed, genesis, problems });
        } else {
          if (listed.length > 0) print(describe(listed));
          if (genesis === null) print('The log is not open: run `tierctl init`.');
          if (problems.length === 0 && genesis !== null) print('All topics are as they must be.');
        }
        if (problems.length === 0) return;
        const text = problems.map(({ topic, problem, remedy }) => `\n  ${topic} ${problem} — ${remedy}`).join('');
        throw new CommandFailure(`${problems.length} problems with topics${text}`, 'do what stands behind each');
      });
    });
}

function describe(listed: Awaited<ReturnType<typeof listTopics>>): string {
  return table(
    ['topic', 'partitions', 'copies', 'offsets', 'cleanup', 'retention.ms', 'retention.bytes'],
    listed.map(({ topic, partitions, replication, offsets, config }) => [
      topic,
      partitions,
      replication,
      offsets,
      config['cleanup.policy']!,
      config['retention.ms']!,
      config['retention.bytes']!,
    ]),
  );
}
