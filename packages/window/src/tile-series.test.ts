/** The series of tiles against a plain map of days, and its stored form against itself. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Tile } from './tile.ts';
import { inHead, TileSeries } from './tile-series.ts';

interface PlainTile {
  readonly cells: Map<number, number>;
  readonly ids: Set<string>;
  readonly orders: Map<string, number>;
}

/** What a series is asked to do, and a map does beside it. */
class Pair {
  readonly series = new TileSeries();
  readonly plain = new Map<number, PlainTile>();
  latestDay = Number.NEGATIVE_INFINITY;
  private horizonDay = Number.NEGATIVE_INFINITY;

  add(day: number, cell: number, delta: number, id: number, order: number | null): void {
    if (day <= this.horizonDay) return;
    const tile = this.series.checkOut(day);
    tile.add(cell, delta);
    if (!tile.hasId(id, id + 1)) tile.addId(id, id + 1);
    if (order !== null && tile.orderOf(order, 7) === undefined) {
      const amounts = { amountMinor: 2 ** 40 + order, amountBaseMinor: order, refundedMinor: 3, refunds: 1 };
      tile.orders.push({ hashHigh: order, hashLow: 7, ...amounts });
    }
    this.series.checkIn();
    let plain = this.plain.get(day);
    if (plain === undefined) {
      plain = { cells: new Map(), ids: new Set(), orders: new Map() };
      this.plain.set(day, plain);
    }
    plain.cells.set(cell, (plain.cells.get(cell) ?? 0) + delta);
    plain.ids.add(`${id}/${id + 1}`);
    if (order !== null) plain.orders.set(`${order}/7`, 2 ** 40 + order);
    this.latestDay = Math.max(this.latestDay, day);
  }

  /** Only looks at a day, which changes nothing. */
  look(day: number): void {
    const tile = this.series.find(day);
    if (day > this.horizonDay) expect(tile?.cells.length ?? 0).toBe((this.plain.get(day)?.cells.size ?? 0) * 2);
  }

  seal(): void {
    this.series.seal(this.latestDay);
  }

  expire(day: number): void {
    this.horizonDay = Math.max(this.horizonDay, day);
    this.series.expire(this.horizonDay);
    for (const known of [...this.plain.keys()]) if (known <= this.horizonDay) this.plain.delete(known);
  }

  /** Stores every sealed segment by its sequence, as commits do, and forgets what is dropped. */
  readonly chunks = new Map<number, string>();
  commit(): void {
    const { series, chunks } = this;
    // What it says is stored is what the last commit has left, whatever has become of it since.
    const stored = [...series.storedChunks()].map(({ sequence, bytes }) => [sequence, bytes.join()] as const);
    expect(stored).toHaveLength(chunks.size);
    expect(new Map(stored)).toEqual(chunks);
    for (const { sequence, bytes } of series.segments) {
      if (series.changedChunks.includes(sequence)) chunks.set(sequence, bytes.join());
    }
    for (const sequence of series.droppedChunks) chunks.delete(sequence);
    series.markStored();
    const sealed = series.segments.filter(({ sequence }) => sequence !== inHead);
    expect(new Map(sealed.map(({ sequence, bytes }) => [sequence, bytes.join()]))).toEqual(chunks);
    expect(new Set(sealed.map(({ sequence }) => sequence)).size).toBe(sealed.length);
  }

  compare(): void {
    const { series, plain, horizonDay } = this;
    const days = [...plain.keys()].sort((a, b) => a - b);
    const found = series
      .allTiles()
      .filter(tile => tile.day > horizonDay && (tile.cells.length > 0 || plain.has(tile.day)));
    expect(found.map(({ day }) => day)).toEqual(days);
    for (const tile of found) {
      const { cells, ids, orders } = plain.get(tile.day)!;
      const pairs = (list: readonly number[]) =>
        list.flatMap((v, i) => (i % 2 === 0 ? [[v, list[i + 1]!] as const] : []));
      expect(new Map(pairs(tile.cells))).toEqual(cells);
      expect(new Set(pairs(tile.ids).map(pair => pair.join('/')))).toEqual(ids);
      expect(new Map(tile.orders.map(o => [`${o.hashHigh}/${o.hashLow}`, o.amountMinor]))).toEqual(orders);
    }
    for (const after of [horizonDay, ...days, ...days.map(day => day - 1)].filter(day => day >= horizonDay)) {
      expect(series.firstDayAfter(after)).toBe(days.find(day => day > after) ?? Number.POSITIVE_INFINITY);
      for (const through of [after + 1, after + 7, after + 30, Number.POSITIVE_INFINITY]) {
        const sums = new Map<number, number>();
        series.forEachCell(after, through, (cell, value) => void sums.set(cell, (sums.get(cell) ?? 0) + value));
        const expected = new Map<number, number>();
        for (const day of days.filter(day => day > after && day <= through)) {
          for (const [cell, value] of plain.get(day)!.cells) expected.set(cell, (expected.get(cell) ?? 0) + value);
        }
        expect(sums).toEqual(expected);
      }
    }
    for (let order = 0; order < 4; order++) {
      const last = days.findLast(day => plain.get(day)!.orders.has(`${order}/7`));
      expect(series.dayOfOrder(order, 7, horizonDay)).toBe(last ?? null);
    }
  }
}

const day = fc.oneof({ weight: 3, arbitrary: fc.integer({ min: -20, max: 120 }) }, fc.integer({ min: -400, max: 800 }));
const step = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.record({
      do: fc.constant('add' as const),
      day,
      cell: fc.nat(30),
      delta: fc.oneof(
        fc.integer({ min: -9, max: 9 }),
        fc.maxSafeInteger().map(n => Math.floor(n / 64)),
      ),
      id: fc.nat(0xffff_fffe),
      order: fc.option(fc.nat(3), { freq: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('look' as const), day }) },
  { weight: 3, arbitrary: fc.constant({ do: 'seal' as const }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('expire' as const), day }) },
  { weight: 2, arbitrary: fc.constant({ do: 'commit' as const }) },
);

describe('a series of tiles', () => {
  it('holds what a map of days holds, sealed or not', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150, size: 'max' }), steps => {
        const pair = new Pair();
        for (const one of steps) {
          if (one.do === 'add') pair.add(one.day, one.cell, one.delta, one.id, one.order);
          else if (one.do === 'look') pair.look(one.day);
          else if (one.do === 'expire') pair.expire(one.day);
          else if (one.do === 'seal') pair.seal();
          else pair.commit();
        }
        pair.compare();
        pair.commit();
      }),
      { numRuns: 100 },
    );
  });

  it('keeps the last week open and gives a full segment a key of its own', () => {
    const pair = new Pair();
    for (let n = 0; n < 100; n++) {
      pair.add(n, 0, 1, n, n);
      pair.seal();
    }
    const { open, segments } = pair.series;
    expect(open.map(tile => tile.day)).toEqual([92, 93, 94, 95, 96, 97, 98, 99]);
    const sealed = segments.filter(({ sequence }) => sequence !== inHead);
    expect(sealed.length).toBeGreaterThan(3);
    for (const { bytes } of sealed) expect(bytes.length).toBeGreaterThanOrEqual(512);
    expect(segments.filter(({ sequence }) => sequence === inHead).length).toBeLessThanOrEqual(1);
    expect(segments.map(({ sequence }) => sequence).filter(sequence => sequence !== inHead)).toEqual(
      sealed.map((_, index) => index),
    );
  });

  it('rewrites one segment for a late fact', () => {
    const pair = new Pair();
    for (let n = 0; n < 200; n++) {
      pair.add(n, 0, 1, n, n);
      pair.seal();
    }
    pair.commit();
    pair.add(3, 1, 5, 999, null);
    expect(pair.series.changedChunks).toHaveLength(1);
    pair.compare();
  });

  it('splits a segment that late facts have swollen', () => {
    const pair = new Pair();
    for (let n = 0; n < 60; n += 2) {
      pair.add(n, 0, 1, n, null);
      pair.seal();
    }
    pair.commit();
    for (let n = 0; n < 200; n++) {
      pair.add(n % 20, 1, 1, 1000 + n, null);
      pair.seal();
    }
    for (const { bytes } of pair.series.segments) expect(bytes.length).toBeLessThan(2600);
    pair.compare();
    pair.commit();
  });

  it('has no day that only remembers ids among the days that leave a window', () => {
    const series = new TileSeries();
    series.checkOut(5).addId(1, 2);
    series.checkOut(9).add(0, 1);
    expect(series.firstDayAfter(0)).toBe(9);
    series.seal(100);
    expect(series.firstDayAfter(0)).toBe(9);
    expect(series.allTiles().map(tile => tile.day)).toEqual([5, 9]);
  });
});

describe('a tile', () => {
  it('knows what a cell held before', () => {
    const tile = new Tile(1);
    expect(tile.add(4, 10)).toBe(0);
    expect(tile.add(4, -3)).toBe(10);
    expect(tile.valueOf(4)).toBe(7);
    expect(tile.valueOf(5)).toBe(0);
  });
});
