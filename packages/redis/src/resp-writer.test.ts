import { Command } from 'ioredis';
import { expect, test } from 'vitest';
import { FunctionCall } from './prebuilt-command.ts';

test('writes the bytes that ioredis would', () => {
  const texts = [
    '',
    'a',
    '-1',
    '+inf',
    '客户',
    'naïve',
    '🙂'.repeat(20),
    '\r\n$3\r\n',
    'x'.repeat(9),
    'x'.repeat(10),
    'é'.repeat(99),
  ];
  const blobs = [Buffer.alloc(0), Buffer.from([0, 13, 10, 255]), Buffer.alloc(70_000, 7)];
  const call = new FunctionCall('f', ['key', 'schlüssel']);
  for (const text of texts) call.text(text);
  for (const blob of blobs) call.blob(blob);

  const expected = new Command('FCALL', ['f', '2', 'key', 'schlüssel', ...texts, ...blobs]);
  expect(
    call
      .command()
      .toWritable()
      .equals(Buffer.from(expected.toWritable({}))),
  ).toBe(true);
});

test('grows with any number of arguments', () => {
  const texts = Array.from({ length: 20_000 }, (_, i) => String(i * 7919));
  const call = new FunctionCall('f', []);
  for (const text of texts) call.text(text);
  const expected = new Command('FCALL', ['f', '0', ...texts]);
  expect(call.command().toWritable().toString()).toBe(expected.toWritable({}).toString());
});
