import type { Command } from 'commander';

/** A command that talks to the servers of one namespace. */
export function serverCommand(parent: Command, nameAndArguments: string, description: string): Command {
  return parent
    .command(nameAndArguments)
    .description(description)
    .option('--namespace <name>', 'namespace, instead of TIERFLOW_NAMESPACE')
    .option('--json', 'print one JSON document, for machines', false);
}

export interface ServerCommandOptions {
  readonly namespace?: string;
  readonly json: boolean;
}
