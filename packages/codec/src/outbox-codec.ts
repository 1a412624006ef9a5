/**
 * The outbox entry of one commit: every emission in the bytes that will stand on the topics. Packed once and published
 * as it is, however often, so a repeated publication cannot differ from the first.
 *
 * Version byte; then for each emission the offset's distance from the one before, the index, the number of the record's
 * type, its revision, the time of recording, the key, the record, and the standings behind their length + 1 (0: a
 * tombstone). Integers are varints.
 */
import type { Emission, EmissionId, TierRecord } from '@tierflow/customer/changes';
import { Halted } from '@tierflow/processor/errors';
import type { OutboxCodec, StoredOutboxEntry } from '@tierflow/processor/ports';
import { ByteReader, ByteWriter } from '@tierflow/window/bytes';
import { type ChangeCodec, tierRecordTypes } from './change-codec.ts';

const version = 2;

/** An emission as it was packed: final bytes. */
export interface PackedEmission {
  readonly id: EmissionId;
  readonly type: TierRecord['type'];
  readonly revision: number;
  readonly key: string;
  readonly record: Buffer;
  /** null: a tombstone. */
  readonly standings: Buffer | null;
  readonly recordedAt: number;
}

export function outboxCodec(changes: Pick<ChangeCodec, 'encodeTierRecord' | 'encodeCustomerTiers'>): OutboxCodec {
  return {
    pack(_partition: number, emissions: readonly Emission[]): StoredOutboxEntry {
      const first = emissions[0];
      const last = emissions.at(-1);
      if (first === undefined || last === undefined) throw new Error('an outbox entry without emissions');
      const writer = new ByteWriter(512 * emissions.length);
      writer.byte(version);
      let offset = 0;
      for (const { id, record, standings } of emissions) {
        writer.varint(id.offset - offset);
        writer.varint(id.index);
        writer.byte(tierRecordTypes.indexOf(record.type));
        writer.varint(record.revision);
        writer.zigzag(record.recordedAt);
        writeBytes(writer, Buffer.from(record.customerId), 0);
        writeBytes(writer, changes.encodeTierRecord(record), 0);
        if (standings === null) writer.varint(0);
        else writeBytes(writer, changes.encodeCustomerTiers(standings), 1);
        offset = id.offset;
      }
      return { first: first.id, last: last.id, bytes: writer.copy() };
    },
  };
}

export function unpack(bytes: Uint8Array): readonly PackedEmission[] {
  try {
    return readEntry(new ByteReader(bytes));
  } catch (error) {
    if (error instanceof Halted) throw error;
    throw unknownFormat('an outbox entry is damaged', error);
  }
}

function readEntry(reader: ByteReader): PackedEmission[] {
  const found = reader.byte();
  if (found !== version) throw unknownFormat(`an outbox entry has format ${found}, this program reads ${version}`);
  const emissions: PackedEmission[] = [];
  let offset = 0;
  while (!reader.atEnd) {
    offset += reader.varint();
    const id = { offset, index: reader.varint() };
    const type = readType(reader);
    const revision = reader.varint();
    const recordedAt = reader.zigzag();
    const key = readBytes(reader, reader.varint()).toString();
    const record = readBytes(reader, reader.varint());
    const length = reader.varint();
    const standings = length === 0 ? null : readBytes(reader, length - 1);
    emissions.push({ id, type, revision, key, record, standings, recordedAt });
  }
  return emissions;
}

function readType(reader: ByteReader): TierRecord['type'] {
  const number = reader.byte();
  const type = tierRecordTypes[number];
  if (type === undefined) throw unknownFormat(`an outbox entry has a record of type ${number}`);
  return type;
}

function writeBytes(writer: ByteWriter, bytes: Uint8Array, lengthOffset: 0 | 1): void {
  writer.varint(bytes.length + lengthOffset);
  writer.raw(bytes);
}

function readBytes(reader: ByteReader, length: number): Buffer {
  const bytes = reader.raw(length);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function unknownFormat(what: string, cause?: unknown): Halted {
  const detail = cause instanceof Error ? `: ${cause.message}` : '';
  return new Halted(
    'unknownStateFormat',
    `${what}${detail}`,
    'Run the release that wrote it, or delete the state in Redis: it is folded anew from the log.',
  );
}
