/** Lines of a file, of a gzip file, or of stdin, as bytes: whether they are text is for whoever reads them to say. */
import { createReadStream, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { CommandFailure } from './command-failure.ts';

export interface Line {
  /** From 1; blank lines count. */
  readonly number: number;
  readonly bytes: Buffer;
}

export interface LineSource {
  /** As it stands in origins and messages. */
  readonly name: string;
  /** null: nobody knows. */
  readonly totalBytes: number | null;
  /** Of the file as it is stored, so that it can be compared with its size. */
  readonly bytesRead: () => number;
  /** Lines that are not blank, by the piece. */
  readonly lines: AsyncIterable<readonly Line[]>;
}

/** Longer lines are cut here. It is more than any door accepts, so a line that was cut is refused as too long. */
const lineBytesMax = 32 * 1024 * 1024;
const newline = 0x0a;

/** `-` is stdin. Whether the bytes are gzip is seen in them, not in the name. */
export function openLines(path: string): LineSource {
  const isStdin = path === '-';
  const name = isStdin ? 'stdin' : path;
  const totalBytes = isStdin ? null : sizeOf(path);
  let bytesRead = 0;
  async function* counted(): AsyncGenerator<Buffer> {
    const stream = isStdin ? process.stdin : createReadStream(path, { highWaterMark: 1024 * 1024 });
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      bytesRead += chunk.length;
      yield chunk;
    }
  }
  return { name, totalBytes, bytesRead: () => bytesRead, lines: splitLines(readable(counted(), name)) };
}

function sizeOf(path: string): number {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new CommandFailure(`there is no file ${path}`, 'check the path');
  if (stats.isDirectory()) throw new CommandFailure(`${path} is a folder`, 'name one file');
  return stats.size;
}

async function* readable(chunks: AsyncGenerator<Buffer>, name: string): AsyncGenerator<Buffer> {
  const first = await chunks.next();
  if (first.done) return;
  async function* all(): AsyncGenerator<Buffer> {
    yield first.value as Buffer;
    yield* chunks;
  }
  const isGzip = first.value[0] === 0x1f && first.value[1] === 0x8b;
  if (!isGzip) {
    yield* all();
    return;
  }
  const unzipped = Readable.from(all()).pipe(createGunzip({ chunkSize: 256 * 1024 }));
  try {
    for await (const chunk of unzipped as AsyncIterable<Buffer>) yield chunk;
  } catch (error) {
    throw new CommandFailure(`${name} is damaged: ${(error as Error).message}`, 'fetch or compress it again');
  }
}

export async function* splitLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<readonly Line[]> {
  let number = 0;
  let carried: Buffer[] = [];
  let carriedBytes = 0;
  const complete = (end: Buffer): Buffer => {
    const bytes = carried.length === 0 ? end : Buffer.concat([...carried, end]);
    carried = [];
    carriedBytes = 0;
    number++;
    return bytes.at(-1) === 0x0d ? bytes.subarray(0, -1) : bytes;
  };
  for await (const chunk of chunks) {
    const lines: Line[] = [];
    let from = 0;
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, from)) {
      const bytes = complete(chunk.subarray(from, at));
      if (!isBlank(bytes)) lines.push({ number, bytes });
      from = at + 1;
    }
    if (from < chunk.length && carriedBytes <= lineBytesMax) {
      carried.push(chunk.subarray(from));
      carriedBytes += chunk.length - from;
    }
    if (lines.length > 0) yield lines;
  }
  if (carried.length === 0) return;
  const bytes = complete(Buffer.alloc(0));
  if (!isBlank(bytes)) yield [{ number, bytes }];
}

function isBlank(bytes: Buffer): boolean {
  return bytes.every(byte => byte === 0x20 || byte === 0x09);
}
