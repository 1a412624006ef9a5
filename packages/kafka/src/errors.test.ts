import { Fenced, Halted, PortFailure } from '@tierflow/processor/errors';
import {
  KafkaJSConnectionError,
  KafkaJSGroupCoordinatorNotFound,
  KafkaJSNumberOfRetriesExceeded,
  KafkaJSRequestTimeoutError,
} from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { awaitsCoordinator, mayPass, toPortError } from './errors.ts';
import { protocolError } from './kafkajs-internals.ts';

/** Its constructor is typed as taking nothing, and fails without a message. */
const coordinatorNotFound = (): Error => Reflect.construct(KafkaJSGroupCoordinatorNotFound, ['not found']);
const exceeded = (cause: Error) => new KafkaJSNumberOfRetriesExceeded(cause, { retryCount: 3, retryTime: 5 });

describe('errors of kafkajs', () => {
  it.each([
    ['INVALID_PRODUCER_EPOCH', protocolError(47)],
    ['PRODUCER_FENCED, which kafkajs does not know', protocolError(90)],
    ['wrapped by retries', exceeded(protocolError(47))],
  ])('are Fenced: %s', (_, error) => {
    expect(toPortError(error, 'publishing')).toBeInstanceOf(Fenced);
  });

  it.each([
    ['connection', exceeded(new KafkaJSConnectionError('lost'))],
    ['timeout', new KafkaJSRequestTimeoutError('late')],
    ['timeout', protocolError(7)],
    ['broker', protocolError(49)],
    ['broker', new Error('anything else')],
    ['broker', 'a thrown text'],
  ])('are a PortFailure with code %s', (code, error) => {
    expect(toPortError(error, 'reading')).toMatchObject({ name: 'PortFailure', code });
  });

  it('that are failures of a port already stay what they are', () => {
    for (const error of [new PortFailure('store', 'm'), new Fenced('m'), new Halted('logTruncated', 'm', 'r')]) {
      expect(toPortError(error, 'doing')).toBe(error);
    }
  });

  it('are worth another read when leaders or connections change, not when the request is wrong', () => {
    expect(
      [protocolError(6), protocolError(3), protocolError(74), new KafkaJSConnectionError('x')].every(mayPass),
    ).toBe(true);
    expect([protocolError(29), protocolError(1), new PortFailure('protocol', 'x'), new Error('x')].some(mayPass)).toBe(
      false,
    );
  });

  it('are worth the wait for a coordinator when one is still to come', () => {
    const missing = [protocolError(14), exceeded(protocolError(15)), coordinatorNotFound()];
    expect(missing.every(error => awaitsCoordinator(toPortError(error, 'fencing')))).toBe(true);
    expect([protocolError(47), new KafkaJSConnectionError('lost'), new Error('x')].some(awaitsCoordinator)).toBe(false);
  });
});
