/** What `rejected-events` says of a log record that changed nothing: for people in English and Chinese, for programs by code. */
import type { Rejection, RejectionReason } from '@tierflow/customer/changes';
import type { RejectedEvent } from './rejected-event.ts';

export const payloadBytesMax = 4096;

const sentences: Readonly<Record<RejectionReason, readonly [en: string, zh: string]>> = {
  unreadable: ['The record cannot be read', '无法读取该记录'],
  misrouted: ['The record is not in the partition of its key', '该记录不在其键所属的分区中'],
  tooLate: ['The event is older than the horizon', '该事件早于保留期限'],
  inFuture: ['The event lies in the future of the log', '该事件的日期晚于日志时间'],
  unknownProgram: ['The policy has no such program', '策略中没有该计划'],
  unknownTier: ['The program has no such tier', '该计划中没有该等级'],
  invalidControl: ['The control record contradicts the log', '该控制记录与日志相矛盾'],
  invalidFact: ['The event says something impossible', '该事件的内容不成立'],
};

export function rejectionReport(
  topic: string,
  partition: number,
  { offset, key, reason, detail }: Rejection,
  payload: Buffer | null = null,
): RejectedEvent {
  const origin = `${topic}/${partition}@${offset}`;
  const [en, zh] = sentences[reason];
  return {
    id: origin,
    origin,
    reason,
    message: `${en}: ${detail}`,
    messageZh: `${zh}：${detail}`,
    key,
    payload: payload?.subarray(0, payloadBytesMax) ?? null,
    payloadTruncated: payload !== null && payload.length > payloadBytesMax,
  };
}
