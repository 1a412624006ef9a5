/** The one place where errors of kafkajs become failures of a port. */
import { type FailureCode, Fenced, Halted, PortFailure } from '@tierflow/processor/errors';

interface ClientError {
  readonly name: string;
  readonly message: string;
  /** Kafka's name of a protocol error. */
  readonly type?: string;
  readonly retriable?: boolean;
  readonly cause?: unknown;
}

const fencedTypes = new Set(['INVALID_PRODUCER_EPOCH', 'PRODUCER_FENCED']);
/** PRODUCER_FENCED is younger than kafkajs, which knows it by number only. */
const producerFencedMessage = 'Unknown error code 90';

const timeoutNames = new Set(['KafkaJSRequestTimeoutError', 'KafkaJSLockTimeout', 'KafkaJSTimeout', 'DeadlinePassed']);
const connectionNames = new Set([
  'KafkaJSConnectionError',
  'KafkaJSConnectionClosedError',
  'KafkaJSBrokerNotFound',
  'KafkaJSNoBrokerAvailableError',
]);

/** Errors after which fresh metadata and another attempt may help a read. */
const passingTypes = new Set([
  'UNKNOWN_TOPIC_OR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
  'REPLICA_NOT_AVAILABLE',
  'KAFKA_STORAGE_ERROR',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
  'REQUEST_TIMED_OUT',
  'BROKER_NOT_AVAILABLE',
]);

/** A new broker first makes the topic of its transactions; a new leader first loads it. kafkajs names the search by itself. */
const coordinatorTypes = new Set([
  'GROUP_LOAD_IN_PROGRESS',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR_FOR_GROUP',
]);
const coordinatorNotFoundName = 'KafkaJSGroupCoordinatorNotFound';

export function toPortError(error: unknown, doing: string): PortFailure | Fenced | Halted {
  if (error instanceof PortFailure || error instanceof Fenced || error instanceof Halted) return error;
  const root = rootOf(error);
  if (isFenced(root)) return new Fenced(`${doing}: another producer took over (${root.message})`, { cause: error });
  return new PortFailure(codeOf(root), `${doing}: ${root.message}`, error);
}

export function mayPass(error: unknown): boolean {
  if (error instanceof PortFailure || error instanceof Fenced) return false;
  const root = rootOf(error);
  if (root.type !== undefined) return passingTypes.has(root.type);
  return timeoutNames.has(root.name) || connectionNames.has(root.name) || root.name.startsWith('KafkaJSMetadata');
}

/** Whether a coordinator is missing that waiting brings. */
export function awaitsCoordinator(error: unknown): boolean {
  const { type, name } = rootOf(error);
  return type === undefined ? name === coordinatorNotFoundName : coordinatorTypes.has(type);
}

/** The brokers know no such topic or partition, or not yet. */
export function isUnknownTopic(error: unknown): boolean {
  return rootOf(error).type === 'UNKNOWN_TOPIC_OR_PARTITION';
}

function isFenced(error: ClientError): boolean {
  return (error.type !== undefined && fencedTypes.has(error.type)) || error.message === producerFencedMessage;
}

function codeOf(error: ClientError): FailureCode {
  if (timeoutNames.has(error.name) || error.type === 'REQUEST_TIMED_OUT') return 'timeout';
  if (connectionNames.has(error.name)) return 'connection';
  return 'broker';
}

/** kafkajs wraps what happened in "retries exceeded" and the like; the reason is innermost. */
function rootOf(error: unknown): ClientError {
  let current = error;
  for (let depth = 0; depth < 10; depth++) {
    if (!(current instanceof Error)) break;
    if (!(current.cause instanceof Error)) return current;
    current = current.cause;
  }
  return current instanceof Error ? current : { name: 'Error', message: String(current) };
}
