/**
 * The answer to a fetch v11 of one partition:
 *
 *   throttle i32 · error i16 · session i32 · topics [name · partitions [partition i32 · error i16 · highWatermark i64
 *   · lastStableOffset i64 · logStart i64 · aborted [producerId i64 · firstOffset i64] · replica i32 · records bytes]]
 */
import { type AbortedTransaction, readInt64 } from './record-batch.ts';

export interface FetchedPartition {
  readonly clientSideThrottleTime: number;
  /** 0: none. Kafka's number otherwise, of the request or of the partition. */
  readonly errorCode: number;
  readonly highWatermark: number;
  readonly lastStableOffset: number;
  readonly logStart: number;
  readonly aborted: readonly AbortedTransaction[];
  /** Record batches, the last one perhaps cut off. */
  readonly batches: Buffer;
}

export function decodeFetchResponse(payload: Buffer): FetchedPartition {
  const clientSideThrottleTime = payload.readInt32BE(0);
  const requestError = payload.readInt16BE(4);
  const topics = payload.readInt32BE(10);
  if (requestError !== 0 || topics === 0) return { ...nothing, clientSideThrottleTime, errorCode: requestError };

  let at = 14;
  at += 2 + payload.readInt16BE(at);
  at += 4; // The count of partitions: one was asked for.
  at += 4; // The partition.
  const errorCode = payload.readInt16BE(at);
  const highWatermark = readInt64(payload, at + 2);
  const lastStableOffset = readInt64(payload, at + 10);
  const logStart = readInt64(payload, at + 18);
  const abortedCount = payload.readInt32BE(at + 26);
  at += 30;
  const aborted: AbortedTransaction[] = [];
  for (let i = 0; i < abortedCount; i++, at += 16) {
    aborted.push({ producerId: readInt64(payload, at), firstOffset: readInt64(payload, at + 8) });
  }
  at += 4; // The preferred replica: none, for no rack is named.
  const length = payload.readInt32BE(at);
  const batches = length <= 0 ? nothing.batches : payload.subarray(at + 4, at + 4 + length);
  return { clientSideThrottleTime, errorCode, highWatermark, lastStableOffset, logStart, aborted, batches };
}

const nothing: FetchedPartition = {
  clientSideThrottleTime: 0,
  errorCode: 0,
  highWatermark: -1,
  lastStableOffset: -1,
  logStart: -1,
  aborted: [],
  batches: Buffer.alloc(0),
};
