/**
 * One customer's business day: sums by cell, the hashes of the facts it has seen, and the orders bought on it.
 *
 * Duplicates are found in the tile of the fact's own day only, so an id costs eight bytes for as long as the tile is
 * kept and a look-up never leaves the day. An order lives in the tile of its day, because a refund undoes the day on
 * which the money was earned.
 */
import type { ByteReader, ByteWriter } from './bytes.ts';

export interface Order {
  readonly hashHigh: number;
  readonly hashLow: number;
  amountMinor: number;
  amountBaseMinor: number;
  /** Refunds so far in the order's currency, not capped, so that their sequence does not matter. */
  refundedMinor: number;
  refunds: number;
}

export class Tile {
  readonly day: number;
  /** Cell, value, cell, value, … in order of first use. */
  readonly cells: number[] = [];
  /** High and low half of each fact's 64-bit hash. */
  ids: number[] = [];
  readonly orders: Order[] = [];

  constructor(day: number) {
    this.day = day;
  }

  valueOf(cell: number): number {
    for (let i = 0; i < this.cells.length; i += 2) if (this.cells[i] === cell) return this.cells[i + 1]!;
    return 0;
  }

  /** Adds to a cell and returns what it held before. */
  add(cell: number, delta: number): number {
    const { cells } = this;
    for (let i = 0; i < cells.length; i += 2) {
      if (cells[i] === cell) {
        const before = cells[i + 1]!;
        cells[i + 1] = before + delta;
        return before;
      }
    }
    cells.push(cell, delta);
    return 0;
  }

  /** An array that begins by a push reserves seventeen places, and most tiles see one fact. */
  addId(high: number, low: number): void {
    if (this.ids.length === 0) this.ids = [high, low];
    else this.ids.push(high, low);
  }

  hasId(high: number, low: number): boolean {
    const { ids } = this;
    for (let i = 0; i < ids.length; i += 2) if (ids[i + 1] === low && ids[i] === high) return true;
    return false;
  }

  orderOf(high: number, low: number): Order | undefined {
    return this.orders.find(order => order.hashLow === low && order.hashHigh === high);
  }
}

/** Day and byte length first, so that a reader can pass over a tile without looking into it. */
export function writeTile(writer: ByteWriter, scratch: ByteWriter, tile: Tile): void {
  scratch.reset();
  scratch.varint(tile.cells.length / 2);
  for (let i = 0; i < tile.cells.length; i += 2) {
    scratch.varint(tile.cells[i]!);
    scratch.zigzag(tile.cells[i + 1]!);
  }
  scratch.varint(tile.ids.length / 2);
  for (const half of tile.ids) scratch.uint32(half);
  for (const order of tile.orders) {
    scratch.uint32(order.hashHigh);
    scratch.uint32(order.hashLow);
    scratch.varint(order.amountMinor);
    scratch.varint(order.amountBaseMinor);
    scratch.varint(order.refundedMinor);
    scratch.varint(order.refunds);
  }
  writer.zigzag(tile.day);
  writer.varint(scratch.length);
  writer.append(scratch);
}

export function readTile(reader: ByteReader): Tile {
  const tile = new Tile(reader.zigzag());
  const end = reader.varint() + reader.position;
  readCells(reader, (cell, value) => tile.cells.push(cell, value));
  const ids = reader.varint();
  for (let i = 0; i < ids * 2; i++) tile.ids.push(reader.uint32());
  while (reader.position < end) {
    tile.orders.push({
      hashHigh: reader.uint32(),
      hashLow: reader.uint32(),
      amountMinor: reader.varint(),
      amountBaseMinor: reader.varint(),
      refundedMinor: reader.varint(),
      refunds: reader.varint(),
    });
  }
  return tile;
}

/** Reads a stored tile's cells; the reader stands behind day and length. */
export function readCells(reader: ByteReader, visit: (cell: number, value: number) => void): void {
  const count = reader.varint();
  for (let i = 0; i < count; i++) {
    const cell = reader.varint();
    visit(cell, reader.zigzag());
  }
}
