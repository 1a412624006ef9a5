import { expect, test } from 'vitest';
import { toPortError } from './errors.ts';

test.each([
  ["OOM command not allowed when used memory > 'maxmemory'.", 'PortFailure', 'storeFull'],
  ['LOADING Redis is loading the dataset in memory', 'PortFailure', 'store'],
  ["READONLY You can't write against a read only replica.", 'PortFailure', 'store'],
  ['MISCONF Redis is configured to save RDB snapshots', 'PortFailure', 'store'],
  ['BUSY Redis is busy running a script.', 'PortFailure', 'store'],
  ['NOAUTH Authentication required.', 'PortFailure', 'store'],
  ['ERR Function not found', 'PortFailure', 'store'],
  ['Command timed out', 'PortFailure', 'timeout'],
  ['Connection is closed.', 'PortFailure', 'connection'],
  ['read ECONNRESET', 'PortFailure', 'connection'],
  ['Reached the max retries per request limit (which is 0).', 'PortFailure', 'connection'],
  ["Stream isn't writeable and enableOfflineQueue options is false", 'PortFailure', 'connection'],
  ['WRONGTYPE Operation against a key holding the wrong kind of value', 'StateLost', 'stateLost'],
])('%s → %s %s', (message, name, code) => {
  const cause = new Error(message);
  expect(toPortError(cause)).toMatchObject({ name, code, cause });
});

test('an error of the port stays what it is', () => {
  const failure = toPortError(new Error('Command timed out'));
  expect(toPortError(failure)).toBe(failure);
});
