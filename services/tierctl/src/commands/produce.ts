import { readFileSync } from 'node:fs';
import { ForeignAvroWriter } from '@tierflow/codec/foreign-avro-writer';
import type { Command } from 'commander';
import { CommandFailure } from '../command-failure.ts';
import { type Connections, withConnections } from '../connections.ts';
import { wholeNumber } from '../deployment-options.ts';
import { openLines } from '../line-source.ts';
import { ensureTopic, writeLines } from '../produce/write-lines.ts';
import { print, printJson } from '../terminal.ts';

interface ProduceOptions {
  readonly key?: string;
  readonly schema?: string;
  readonly create: boolean;
  readonly partitions: string;
  readonly json: boolean;
}

export function addProduce(program: Command): void {
  program
    .command('produce <topic> [file]')
    .description('Write JSON lines to a source topic, as the system that owns it would; to try out a mapping.')
    .option('--key <path>', 'the field that is the record’s key, e.g. customer.id')
    .option('--schema <file>', 'write Avro under this schema, registered as <topic>-value')
    .option('--create', 'make the topic where it is missing', false)
    .option('--partitions <n>', 'of a topic that is made', '4')
    .option('--json', 'print one JSON document, for machines', false)
    .addHelpText(
      'after',
      `
Without FILE, or with -, lines come from standard input. Without --schema a line is written as it is.

Examples:
  tierctl produce shop.orders orders.jsonl --key customer.id --create
  tierctl produce support.calls calls.jsonl --key customer --schema call.avsc
  echo '{"oops"' | tierctl produce shop.orders`,
    )
    .action(async (topic: string, file: string | undefined, options: ProduceOptions) => {
      const partitionsWanted = options.create ? wholeNumber('--partitions', options.partitions, 1) : null;
      const source = openLines(file ?? '-');
      await withConnections({}, async connections => {
        const encode = options.schema === undefined ? null : await avroEncoder(connections, topic, options.schema);
        const { partitions, created } = await ensureTopic(connections, topic, partitionsWanted);
        const target = { topic, keyPath: options.key ?? null, encode };
        const records = await writeLines(connections, source, target, partitions);
        if (options.json) printJson({ topic, created, partitions, records });
        else print(`${records} records written to ${topic} (${partitions} partitions${created ? ', made now' : ''}).`);
      });
    });
}

async function avroEncoder(connections: Connections, topic: string, file: string): Promise<(value: unknown) => Buffer> {
  const schema = readFileSync(file, 'utf8');
  const { schemaRegistryUrl } = connections.environment;
  try {
    const writer = await ForeignAvroWriter.open({ registryUrl: schemaRegistryUrl, subject: `${topic}-value`, schema });
    return value => writer.encode(value);
  } catch (error) {
    if (error instanceof Error && 'code' in error) throw error;
    throw new CommandFailure(
      `${file} is no Avro schema: ${(error as Error).message}`,
      'mend it, or leave out --schema',
    );
  }
}
