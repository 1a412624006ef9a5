/** Errors of ioredis and of the server as the port's errors: what the caller must do decides the class. */
import { PortFailure, StateLost } from '@tierflow/processor/errors';

/** Replies of the server begin with a code in capitals; errors of the client are sentences. */
const replyCode = /^[A-Z]{3,} /;

export function toPortError(error: unknown): PortFailure | StateLost {
  if (error instanceof PortFailure || error instanceof StateLost) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (message.includes('WRONGTYPE')) {
    return new StateLost(`A key of the partition has a wrong type: ${message}`, { cause: error });
  }
  if (message.includes('Function not found')) {
    return new PortFailure(
      'store',
      'Redis does not have the function library: it was restarted without its data.',
      error,
    );
  }
  if (message === 'Command timed out') {
    return new PortFailure('timeout', 'Redis did not reply in time. Whether it ran the command is unknown.', error);
  }
  if (message.includes('OOM ')) {
    return new PortFailure('storeFull', `Redis is at its memory limit and takes no writes: ${message}`, error);
  }
  if (replyCode.test(message)) {
    return new PortFailure('store', `Redis refused: ${message}`, error);
  }
  return new PortFailure('connection', `No connection to Redis: ${message}`, error);
}
