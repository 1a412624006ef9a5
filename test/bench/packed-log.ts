/**
 * Encoded records of one partition in one piece of memory, cut into records only when they are read, as a fetch does it.
 * A million buffers of their own would keep the garbage collector busy, and that would be measured, too.
 */
export class PackedLog {
  private bytes = Buffer.allocUnsafe(1024 * 1024);
  /** By record: end of the key and end of the value. A record begins where the one before ends. */
  private readonly ends: number[] = [];
  private end = 0;

  get length(): number {
    return this.ends.length / 2;
  }

  append(key: string | null, value: Buffer): void {
    const needed = this.end + 3 * (key?.length ?? 0) + value.length;
    if (needed > this.bytes.length) {
      const grown = Buffer.allocUnsafe(2 * needed);
      this.bytes.copy(grown, 0, 0, this.end);
      this.bytes = grown;
    }
    if (key !== null) this.end += this.bytes.write(key, this.end);
    this.ends.push(this.end);
    this.end += value.copy(this.bytes, this.end);
    this.ends.push(this.end);
  }

  keyAt(index: number): string | null {
    const [start, end] = [this.ends[2 * index - 1] ?? 0, this.ends[2 * index]!];
    return start === end ? null : this.bytes.toString('utf8', start, end);
  }

  valueAt(index: number): Buffer {
    return this.bytes.subarray(this.ends[2 * index]!, this.ends[2 * index + 1]!);
  }
}
