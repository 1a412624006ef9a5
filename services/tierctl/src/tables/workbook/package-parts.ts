/**
 * The parts of a workbook, which is a zip of XML. A few kilobytes can unpack to gigabytes, so all parts that are read
 * share one budget: a part is refused by the size that it declares, and cut off where it does not keep to it.
 */
import { fromBufferPromise, type ZipFile } from 'yauzl';

type Entry = Parameters<ZipFile['openReadStreamPromise']>[0];

export class TooLargeUnzipped extends Error {
  override readonly name = 'TooLargeUnzipped';
  readonly bytes: number;

  constructor(bytes: number) {
    super(`unpacks to ${bytes} bytes`);
    this.bytes = bytes;
  }
}

const entriesMax = 10_000;

export class PackageParts {
  readonly #zip: ZipFile;
  readonly #entries: ReadonlyMap<string, Entry>;
  readonly #bytesMax: number;
  #bytes = 0;

  static async open(bytes: Buffer, unzippedBytesMax: number): Promise<PackageParts> {
    const zip = await fromBufferPromise(bytes, { lazyEntries: true });
    const entries = new Map<string, Entry>();
    for await (const entry of zip.eachEntry()) {
      if (entries.size === entriesMax) throw new Error(`it has more than ${entriesMax} parts`);
      entries.set(entry.fileName, entry);
    }
    return new PackageParts(zip, entries, unzippedBytesMax);
  }

  private constructor(zip: ZipFile, entries: ReadonlyMap<string, Entry>, bytesMax: number) {
    this.#zip = zip;
    this.#entries = entries;
    this.#bytesMax = bytesMax;
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** The stream fails where the part has another size than it declares. */
  async *read(name: string): AsyncGenerator<Buffer> {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw new Error(`it has no part ${name}`);
    if (entry.isEncrypted()) throw new Error(`its part ${name} is encrypted`);
    this.#bytes += entry.uncompressedSize;
    if (this.#bytes > this.#bytesMax) throw new TooLargeUnzipped(this.#bytes);
    for await (const chunk of await this.#zip.openReadStreamPromise(entry)) yield chunk as Buffer;
  }
}
