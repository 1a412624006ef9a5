/**
 * The stored form of a customer. The head holds everything but the sealed chunks, which have keys of their own; it says
 * which chunks belong to it. Program and tier names are written as positions in the partition's table of names.
 */
import { ByteReader, ByteWriter } from '@tierflow/window/bytes';
import { countsFacts } from '@tierflow/window/cell';
import { readTile, writeTile } from '@tierflow/window/tile';
import { inHead } from '@tierflow/window/tile-series';
import { Customer, type Held, noAttributes, type Prior, type Standing, type Warned } from './customer.ts';

export const stateFormat = 3;

/** Names that states refer to by position. Grows in log order only. */
export interface NameTable {
  indexOf(name: string): number;
  nameAt(index: number): string;
}

const writer = new ByteWriter(4096);
const scratch = new ByteWriter(1024);

const flags = {
  dueNever: 1,
  overrides: 2,
  attributes: 4,
  orphans: 8,
  refundedOrders: 16,
  noFacts: 32,
  prior: 64,
} as const;

/** The bytes share memory with other heads: whoever keeps them longer than a commit lasts, copies them. */
export function encodeHead(customer: Customer, names: NameTable): Uint8Array {
  const dueNever = customer.dueDay === Number.POSITIVE_INFINITY;
  const hasAttributes = customer.attributes !== noAttributes && Object.keys(customer.attributes).length > 0;
  const hasFacts = customer.firstDay !== Number.POSITIVE_INFINITY;
  writer.reset();
  writer.byte(stateFormat);
  writer.byte(
    (dueNever ? flags.dueNever : 0) |
      (customer.overrides.length > 0 ? flags.overrides : 0) |
      (hasAttributes ? flags.attributes : 0) |
      (customer.orphans.length > 0 ? flags.orphans : 0) |
      (customer.refundedOrders.length > 0 ? flags.refundedOrders : 0) |
      (hasFacts ? 0 : flags.noFacts) |
      (customer.prior === null ? 0 : flags.prior),
  );
  writer.zigzag(customer.latestDay);
  writer.zigzag(customer.evaluatedDay);
  if (hasFacts) writer.zigzag(customer.firstDay);
  if (!dueNever) writer.zigzag(customer.dueDay);
  writer.varint(customer.revision);
  writer.varint(customer.policyVersion);
  writeStandings(customer.standings, names);
  if (customer.prior !== null) writePrior(customer.prior, names);
  if (customer.overrides.length > 0) writer.text(JSON.stringify(customer.overrides));
  if (hasAttributes) writer.text(JSON.stringify(customer.attributes));
  if (customer.orphans.length > 0) {
    writer.varint(customer.orphans.length);
    for (const orphan of customer.orphans) {
      writer.uint32(orphan.hashHigh);
      writer.uint32(orphan.hashLow);
      writer.zigzag(orphan.day);
      writer.varint(orphan.amountMinor);
      writer.varint(orphan.amountBaseMinor);
    }
  }
  if (customer.refundedOrders.length > 0) {
    writer.varint(customer.refundedOrders.length);
    for (const order of customer.refundedOrders) {
      writer.uint32(order.hashHigh);
      writer.uint32(order.hashLow);
      writer.zigzag(order.day);
    }
  }
  const { entries } = customer.lifetime;
  writer.varint(entries.length);
  for (const entry of entries) {
    writer.varint(entry.cell);
    writer.zigzag(entry.value);
    if (!countsFacts(entry.cell)) continue;
    writer.varint(entry.days);
    writer.varint(entry.lastAt + 1);
    writer.zigzag(entry.lastDay);
  }
  const { tiles } = customer;
  writer.varint(tiles.nextSequence);
  writer.varint(tiles.segments.length);
  for (const segment of tiles.segments) {
    writer.varint(segment.sequence + 1);
    writer.zigzag(segment.firstDay);
    writer.varint(segment.lastDay - segment.firstDay);
    if (segment.sequence !== inHead) continue;
    writer.varint(segment.bytes.length);
    writer.raw(segment.bytes);
  }
  for (const tile of tiles.open) writeTile(writer, scratch, tile);
  return writer.copyToPool();
}

function writeStandings(standings: readonly Standing[], names: NameTable): void {
  writer.varint(standings.length);
  for (const { program, tier, sinceDay, held, warned } of standings) {
    writer.varint(names.indexOf(program));
    writeTier(tier, names);
    writer.zigzag(sinceDay);
    writer.byte((held === null ? 0 : 1) | (warned === null ? 0 : 2));
    if (held !== null) writeHeld(held, names);
    if (warned !== null) writeWarned(warned);
  }
}

function readStandings(reader: ByteReader, names: NameTable): Standing[] {
  const standings: Standing[] = [];
  for (let n = reader.varint(); n > 0; n--) {
    const program = names.nameAt(reader.varint());
    const tier = readTier(reader, names);
    const sinceDay = reader.zigzag();
    const parts = reader.byte();
    const held = parts & 1 ? readHeld(reader, names) : null;
    const warned = parts & 2 ? readWarned(reader) : null;
    standings.push({ program, tier, sinceDay, held, warned });
  }
  return standings;
}

function writePrior({ rolloutSeq, policyVersion, day, standings, overrides }: Prior, names: NameTable): void {
  writer.varint(rolloutSeq);
  writer.varint(policyVersion);
  writer.zigzag(day);
  writeStandings(standings, names);
  writer.text(overrides.length === 0 ? '' : JSON.stringify(overrides));
}

function readPrior(reader: ByteReader, names: NameTable): Prior {
  const rolloutSeq = reader.varint();
  const policyVersion = reader.varint();
  const day = reader.zigzag();
  const standings = readStandings(reader, names);
  const overrides = reader.text();
  return { rolloutSeq, policyVersion, day, standings, overrides: overrides === '' ? [] : JSON.parse(overrides) };
}

function writeTier(tier: string | null, names: NameTable): void {
  writer.varint(tier === null ? 0 : names.indexOf(tier) + 1);
}

function readTier(reader: ByteReader, names: NameTable): string | null {
  const position = reader.varint();
  return position === 0 ? null : names.nameAt(position - 1);
}

/** A day or none, as its distance from another day plus one. */
function writeDayAfter(day: number | null, from: number): void {
  writer.varint(day === null ? 0 : day - from + 1);
}

function readDayAfter(reader: ByteReader, from: number): number | null {
  const distance = reader.varint();
  return distance === 0 ? null : from + distance - 1;
}

function writeHeld(held: Held, names: NameTable): void {
  writeTier(held.tier, names);
  writer.zigzag(held.sinceDay);
  writer.zigzag(held.qualifiedDay - held.sinceDay);
  for (const day of [held.validUntilDay, held.belowSinceDay, held.graceUntilDay]) writeDayAfter(day, held.sinceDay);
}

function readHeld(reader: ByteReader, names: NameTable): Held {
  const tier = readTier(reader, names);
  const sinceDay = reader.zigzag();
  const qualifiedDay = sinceDay + reader.zigzag();
  const [validUntilDay, belowSinceDay, graceUntilDay] = [1, 2, 3].map(() => readDayAfter(reader, sinceDay));
  return {
    tier,
    sinceDay,
    qualifiedDay,
    validUntilDay: validUntilDay!,
    belowSinceDay: belowSinceDay!,
    graceUntilDay: graceUntilDay!,
  };
}

function writeWarned({ withinDays, isApproaching, approachedDay }: Warned): void {
  writer.byte((isApproaching ? 1 : 0) | (approachedDay === null ? 0 : 2));
  writer.varint(withinDays === null ? 0 : withinDays + 1);
  if (approachedDay !== null) writer.zigzag(approachedDay);
}

function readWarned(reader: ByteReader): Warned {
  const parts = reader.byte();
  const withinDays = reader.varint() - 1;
  return {
    withinDays: withinDays < 0 ? null : withinDays,
    isApproaching: (parts & 1) !== 0,
    approachedDay: parts & 2 ? reader.zigzag() : null,
  };
}

/** A customer whose chunks are still to be put in, and the sequences of these chunks in order. */
export interface DecodedHead {
  readonly customer: Customer;
  readonly chunkSequences: readonly number[];
}

export function decodeHead(id: string, bytes: Uint8Array, names: NameTable): DecodedHead {
  const reader = new ByteReader(bytes);
  const format = reader.byte();
  if (format !== stateFormat) throw new RangeError(`State format ${format} of customer ${id} is unknown.`);
  const customer = new Customer(id);
  const has = reader.byte();
  customer.latestDay = reader.zigzag();
  customer.evaluatedDay = reader.zigzag();
  if (!(has & flags.noFacts)) customer.firstDay = reader.zigzag();
  customer.dueDay = has & flags.dueNever ? Number.POSITIVE_INFINITY : reader.zigzag();
  customer.storedDueDay = customer.dueDay;
  customer.revision = reader.varint();
  customer.policyVersion = reader.varint();
  customer.standings = readStandings(reader, names);
  if (has & flags.prior) customer.prior = readPrior(reader, names);
  if (has & flags.overrides) customer.overrides = JSON.parse(reader.text());
  if (has & flags.attributes) customer.attributes = Object.assign(Object.create(null), JSON.parse(reader.text()));
  if (has & flags.orphans) {
    for (let n = reader.varint(); n > 0; n--) {
      customer.orphans.push({
        hashHigh: reader.uint32(),
        hashLow: reader.uint32(),
        day: reader.zigzag(),
        amountMinor: reader.varint(),
        amountBaseMinor: reader.varint(),
      });
    }
  }
  if (has & flags.refundedOrders) {
    for (let n = reader.varint(); n > 0; n--) {
      customer.refundedOrders.push({ hashHigh: reader.uint32(), hashLow: reader.uint32(), day: reader.zigzag() });
    }
  }
  for (let n = reader.varint(); n > 0; n--) {
    const cell = reader.varint();
    const value = reader.zigzag();
    const counts = countsFacts(cell);
    const days = counts ? reader.varint() : 0;
    const lastAt = counts ? reader.varint() - 1 : -1;
    const lastDay = counts ? reader.zigzag() : -1;
    customer.lifetime.entries.push({ cell, value, days, lastAt, lastDay });
  }
  const { tiles } = customer;
  tiles.nextSequence = reader.varint();
  const chunkSequences: number[] = [];
  for (let n = reader.varint(); n > 0; n--) {
    const sequence = reader.varint() - 1;
    const firstDay = reader.zigzag();
    const lastDay = firstDay + reader.varint();
    if (sequence !== inHead) chunkSequences.push(sequence);
    const inline = sequence === inHead ? reader.raw(reader.varint()) : new Uint8Array(0);
    tiles.segments.push({ sequence, firstDay, lastDay, bytes: inline });
  }
  while (!reader.atEnd) tiles.open.push(readTile(reader));
  return { customer, chunkSequences };
}

/** Puts the chunks in, in the order of `chunkSequences`. */
export function attachChunks(customer: Customer, chunks: readonly Uint8Array[]): void {
  let next = 0;
  for (const segment of customer.tiles.segments) {
    if (segment.sequence !== inHead) segment.bytes = chunks[next++]!;
  }
}
