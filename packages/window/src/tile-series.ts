/**
 * A customer's tiles in order of day: the recent ones open, as objects, the older ones sealed, as bytes.
 *
 * Tiles more than a week behind the customer's latest day are appended to the last segment. A segment that has grown to
 * 512 bytes gets a sequence number and is stored under a key of its own, so that a commit writes it once and then never
 * again, unless a late fact lands in it. What is sealed where depends on the facts alone and not on how they were
 * batched: the same log gives the same bytes.
 */
import { ByteReader, ByteWriter } from './bytes.ts';
import { readCells, readTile, Tile, writeTile } from './tile.ts';

const openDays = 7;
const chunkBytesMin = 512;
const chunkBytesMax = 2048;

/** Sequence of the segment that lives in the head. */
export const inHead = -1;

/** A chunk as it is stored until the next commit, which overwrites or deletes it. */
export interface OutdatedChunk {
  readonly sequence: number;
  readonly bytes: Uint8Array;
}

/** Shared by all customers whose chunks are as stored. */
const noChunks: readonly OutdatedChunk[] = [];

export interface Segment {
  sequence: number;
  firstDay: number;
  lastDay: number;
  bytes: Uint8Array;
}

const writer = new ByteWriter(4096);
const scratch = new ByteWriter(1024);

function encodeTiles(tiles: readonly Tile[]): Uint8Array {
  writer.reset();
  for (const tile of tiles) writeTile(writer, scratch, tile);
  return writer.copy();
}

function decodeTiles(bytes: Uint8Array): Tile[] {
  const reader = new ByteReader(bytes);
  const tiles: Tile[] = [];
  while (!reader.atEnd) tiles.push(readTile(reader));
  return tiles;
}

export class TileSeries {
  readonly segments: Segment[] = [];
  readonly open: Tile[] = [];
  nextSequence = 0;
  /** Chunks to write and to delete with the next commit. Nearly always none or one: a Set each would cost more than a tile. */
  readonly changedChunks: number[] = [];
  readonly droppedChunks: number[] = [];
  outdatedChunks: readonly OutdatedChunk[] = noChunks;
  /** The segment that the tile now checked out was decoded from, with its other tiles. */
  private borrowed: { segment: Segment; tiles: Tile[] } | null = null;

  private get sealedThrough(): number {
    return this.segments.at(-1)?.lastDay ?? Number.NEGATIVE_INFINITY;
  }

  /** The tile of a day as it is now, only to look at; undefined where there is none. */
  find(day: number): Tile | undefined {
    const { open } = this;
    for (let i = open.length - 1; i >= 0; i--) {
      if (open[i]!.day === day) return open[i];
      if (open[i]!.day < day) return undefined;
    }
    if (day > this.sealedThrough) return undefined;
    const segment = this.segments.findLast(candidate => candidate.firstDay <= day);
    if (segment === undefined || segment.lastDay < day) return undefined;
    return decodeTiles(segment.bytes).find(tile => tile.day === day);
  }

  /** The tile of a day, new where there is none. A change to it counts once it is checked in. */
  checkOut(day: number): Tile {
    const { open } = this;
    for (let i = open.length - 1; i >= 0; i--) {
      const tile = open[i]!;
      if (tile.day === day) return tile;
      if (tile.day < day) return this.insertOpen(i + 1, day);
    }
    if (day > this.sealedThrough) return this.insertOpen(0, day);
    const segment = this.segments.findLast(candidate => candidate.firstDay <= day) ?? this.segments[0]!;
    const tiles = decodeTiles(segment.bytes);
    let index = tiles.findIndex(tile => tile.day >= day);
    if (index < 0) index = tiles.length;
    if (tiles[index]?.day !== day) tiles.splice(index, 0, new Tile(day));
    this.borrowed = { segment, tiles };
    return tiles[index]!;
  }

  /** Ends a check-out: a tile that came from a segment goes back into its bytes. */
  checkIn(): void {
    if (this.borrowed === null) return;
    const { segment, tiles } = this.borrowed;
    this.borrowed = null;
    this.replace(segment, tiles);
  }

  private insertOpen(index: number, day: number): Tile {
    const tile = new Tile(day);
    this.open.splice(index, 0, tile);
    return tile;
  }

  private replace(segment: Segment, tiles: Tile[]): void {
    const bytes = encodeTiles(tiles);
    if (bytes.length > chunkBytesMax && tiles.length > 1) {
      const half = tiles.length >> 1;
      const second: Segment = { sequence: inHead, firstDay: 0, lastDay: 0, bytes };
      this.segments.splice(this.segments.indexOf(segment) + 1, 0, second);
      this.fill(segment, tiles.slice(0, half), encodeTiles(tiles.slice(0, half)));
      this.fill(second, tiles.slice(half), encodeTiles(tiles.slice(half)));
      return;
    }
    this.fill(segment, tiles, bytes);
  }

  private fill(segment: Segment, tiles: readonly Tile[], bytes: Uint8Array): void {
    this.markOutdated(segment);
    segment.firstDay = tiles[0]!.day;
    segment.lastDay = tiles.at(-1)!.day;
    segment.bytes = bytes;
    if (segment.sequence === inHead && bytes.length >= chunkBytesMin) segment.sequence = this.nextSequence++;
    if (segment.sequence !== inHead) this.markChanged(segment.sequence);
  }

  private markChanged(sequence: number): void {
    if (!this.changedChunks.includes(sequence)) this.changedChunks.push(sequence);
  }

  /** Before a chunk changes or goes: what is stored of it. One that is new or changed already is not stored like this. */
  private markOutdated({ sequence, bytes }: Segment): void {
    if (sequence === inHead || this.changedChunks.includes(sequence)) return;
    this.outdatedChunks = [...this.outdatedChunks, { sequence, bytes }];
  }

  /** Every chunk as it was stored last. */
  *storedChunks(): Generator<OutdatedChunk> {
    yield* this.outdatedChunks;
    for (const segment of this.segments) {
      if (segment.sequence !== inHead && !this.changedChunks.includes(segment.sequence)) yield segment;
    }
  }

  /** What has changed is handed to a commit: from here on it is what is stored. */
  markStored(): void {
    this.changedChunks.length = 0;
    this.droppedChunks.length = 0;
    this.outdatedChunks = noChunks;
  }

  /** Seals the tiles that are more than a week older than the customer's latest day. */
  seal(latestDay: number): void {
    while (this.open.length > 0 && this.open[0]!.day < latestDay - openDays) {
      const tile = this.open.shift()!;
      const last = this.segments.at(-1);
      writer.reset();
      if (last?.sequence === inHead) {
        writer.raw(last.bytes);
        writeTile(writer, scratch, tile);
        last.bytes = writer.copy();
        last.lastDay = tile.day;
      } else {
        writeTile(writer, scratch, tile);
        this.segments.push({ sequence: inHead, firstDay: tile.day, lastDay: tile.day, bytes: writer.copy() });
      }
      const tail = this.segments.at(-1)!;
      if (tail.bytes.length >= chunkBytesMin) {
        tail.sequence = this.nextSequence++;
        this.markChanged(tail.sequence);
      }
    }
  }

  /** Drops whole segments that lie behind the horizon. */
  expire(throughDay: number): void {
    while (this.segments.length > 0 && this.segments[0]!.lastDay <= throughDay) {
      const segment = this.segments.shift()!;
      const { sequence } = segment;
      if (sequence === inHead) continue;
      this.markOutdated(segment);
      const changed = this.changedChunks.indexOf(sequence);
      if (changed >= 0) this.changedChunks.splice(changed, 1);
      this.droppedChunks.push(sequence);
    }
    while (this.open.length > 0 && this.open[0]!.day <= throughDay) this.open.shift();
  }

  /** Visits the cells of all tiles with afterDay < day ≤ throughDay, in order of day. */
  forEachCell(afterDay: number, throughDay: number, visit: (cell: number, value: number) => void): void {
    for (const segment of this.segments) {
      if (segment.lastDay <= afterDay) continue;
      if (segment.firstDay > throughDay) return;
      const reader = new ByteReader(segment.bytes);
      while (!reader.atEnd) {
        const day = reader.zigzag();
        const end = reader.varint() + reader.position;
        if (day > throughDay) return;
        if (day > afterDay) readCells(reader, visit);
        reader.position = end;
      }
    }
    for (const tile of this.open) {
      if (tile.day > throughDay) return;
      if (tile.day <= afterDay) continue;
      for (let i = 0; i < tile.cells.length; i += 2) visit(tile.cells[i]!, tile.cells[i + 1]!);
    }
  }

  /**
   * The first day after the given one whose tile has cells; Infinity where there is none. A tile that only remembers
   * ids holds nothing that could leave a window.
   */
  firstDayAfter(afterDay: number): number {
    for (const segment of this.segments) {
      if (segment.lastDay <= afterDay) continue;
      const reader = new ByteReader(segment.bytes);
      while (!reader.atEnd) {
        const day = reader.zigzag();
        const end = reader.varint() + reader.position;
        if (day > afterDay && reader.varint() > 0) return day;
        reader.position = end;
      }
    }
    for (const tile of this.open) if (tile.day > afterDay && tile.cells.length > 0) return tile.day;
    return Number.POSITIVE_INFINITY;
  }

  /** The latest day after the given one on which this order was bought; null where it is not known. */
  dayOfOrder(high: number, low: number, afterDay: number): number | null {
    const hasOrder = (tile: Tile): boolean => tile.day > afterDay && tile.orderOf(high, low) !== undefined;
    const inOpen = this.open.findLast(hasOrder);
    if (inOpen) return inOpen.day;
    for (let i = this.segments.length - 1; i >= 0 && this.segments[i]!.lastDay > afterDay; i--) {
      const tile = decodeTiles(this.segments[i]!.bytes).findLast(hasOrder);
      if (tile) return tile.day;
    }
    return null;
  }

  /** Every tile, decoded; for explanations and tests. */
  allTiles(): Tile[] {
    return [...this.segments.flatMap(segment => decodeTiles(segment.bytes)), ...this.open];
  }
}
