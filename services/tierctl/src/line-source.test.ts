import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLines, splitLines } from './line-source.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tierctl-lines-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function linesOf(lines: ReturnType<typeof splitLines> | ReturnType<typeof openLines>['lines']) {
  const all: [number, string][] = [];
  for await (const piece of lines) for (const { number, bytes } of piece) all.push([number, bytes.toString()]);
  return all;
}

const text = 'a\r\n\n  \nbé\nlast';
const expected = [
  [1, 'a'],
  [4, 'bé'],
  [5, 'last'],
];

test('a line is the same wherever the chunks are cut', async () => {
  const bytes = Buffer.from(text);
  for (let size = 1; size <= bytes.length; size++) {
    async function* chunks() {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    }
    expect(await linesOf(splitLines(chunks()))).toEqual(expected);
  }
});

test('a gzipped file is known by its bytes, not by its name', async () => {
  const path = join(folder, 'events.jsonl');
  writeFileSync(path, gzipSync(text));
  expect(await linesOf(openLines(path).lines)).toEqual(expected);
});

test('a damaged or missing file is told with a remedy', async () => {
  const path = join(folder, 'events.jsonl.gz');
  writeFileSync(path, gzipSync(text).subarray(0, -6));
  await expect(linesOf(openLines(path).lines)).rejects.toThrow('is damaged');
  expect(() => openLines(join(folder, 'none'))).toThrow('there is no file');
});
