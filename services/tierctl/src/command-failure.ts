/** What ends a command, in the words of the person who typed it: what is wrong, and what to do about it. */
import { Fenced, Halted, PortFailure, StateLost } from '@tierflow/processor/errors';

export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  readonly remedy: string;
  /** 2: the command line is wrong. 1: everything else. */
  readonly exitCode: 1 | 2;

  constructor(what: string, remedy: string, exitCode: 1 | 2 = 1) {
    super(what);
    this.remedy = remedy;
    this.exitCode = exitCode;
  }
}

const portRemedies: Readonly<Record<PortFailure['code'], string>> = {
  connection: 'check that the server runs and that KAFKA_BROKERS and REDIS_URL name it',
  timeout: 'the server is there but slow: try again, and look at its load if it happens again',
  broker: 'run `tierctl topics` to see what is wrong with the topics',
  store: 'look at the log of Redis',
  storeFull: 'give Redis more memory: deploy/runbook/redis-full.md',
  held: 'wait until it has ended: a hold whose process died ends by itself within half a minute',
  registry: 'check SCHEMA_REGISTRY_URL, and run `tierctl init` where the schemas were never registered',
  protocol: 'check the versions: Kafka 3.6 or newer, Redis 7 or newer',
};

/** Every failure that is foreseen has a remedy. What is left is a defect, and shows where it happened. */
export function toCommandFailure(error: unknown): CommandFailure | null {
  if (error instanceof CommandFailure) return error;
  if (error instanceof Halted) return new CommandFailure(error.message, error.remedy);
  if (error instanceof PortFailure) return new CommandFailure(error.message, portRemedies[error.code]);
  if (error instanceof StateLost) return new CommandFailure(error.message, 'tiering folds it anew: try again later');
  if (error instanceof Fenced) {
    return new CommandFailure(
      error.message,
      'another tierctl or conductor writes to this namespace: run one at a time, and repeat the command, which is safe',
    );
  }
  if (error instanceof Error && 'code' in error) {
    if (error.code === 'schemaRefused') return new CommandFailure(error.message, 'see schemas/README.md');
    if (typeof error.code === 'string' && error.code.startsWith('E') && 'path' in error) {
      return new CommandFailure(error.message, 'check the path and its rights');
    }
  }
  return null;
}
