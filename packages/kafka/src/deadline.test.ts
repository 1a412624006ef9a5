/** A call that never settles becomes a failure like any other. */

import { expect, test } from 'vitest';
import { DeadlinePassed, disconnected, withDeadline } from './deadline.ts';
import { mayPass, toPortError } from './errors.ts';

const never = new Promise<never>(() => {});

test('what comes in time is passed on', async () => {
  expect(await withDeadline(Promise.resolve(1), 1000, 'reading')).toBe(1);
  await expect(withDeadline(Promise.reject(new Error('refused')), 1000, 'reading')).rejects.toThrow('refused');
});

test('what does not come is a time-out: a read may try again, an owner starts anew', async () => {
  const failure: unknown = await withDeadline(never, 10, 'reading').catch(error => error);
  expect(failure).toBeInstanceOf(DeadlinePassed);
  expect(mayPass(failure)).toBe(true);
  expect(toPortError(failure, 'a transaction')).toMatchObject({ name: 'PortFailure', code: 'timeout' });
});

test('a client that cannot say goodbye is let go', async () => {
  await disconnected({ disconnect: () => Promise.reject(new Error('closed')) });
});
