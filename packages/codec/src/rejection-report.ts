/** What `rejected-events` says of a log record that changed nothing: for people in English and Chinese, for programs by code. */
import type { Rejection, RejectionReason } from '@tierflow/customer/changes';
import { type RejectedEvent, rejectedEvent } from './rejected-event.ts';

const sentences: Readonly<Record<RejectionReason, readonly [en: string, zh: string]>> = {
  unreadable: [
    'The record cannot be read; write it again with a registered schema of customer-events',
    '无法读取该记录；请使用 customer-events 已注册的模式重新写入',
  ],
  misrouted: [
    'The record is not in the partition of its customer; key it by customerId with the default partitioner',
    '该记录不在其客户所属的分区中；请以 customerId 为键并使用默认分区器',
  ],
  tooLate: [
    'The event is older than the horizon; a bootstrap import adds it to lifetime totals',
    '该事件早于保留期限；可用 bootstrap 导入将其计入终身总额',
  ],
  inFuture: [
    'The event lies more than a day after the log day; check the clock of its source',
    '该事件的日期比日志日晚一天以上；请检查来源系统的时钟',
  ],
  unknownProgram: [
    'The policy has no such program; name a program of the active policy',
    '策略中没有该分级项目；请使用当前策略中的项目',
  ],
  unknownTier: ['The program has no such tier; name one of its tiers', '该项目中没有该等级；请使用其中的等级'],
  invalidControl: ['The control record contradicts the log and was ignored', '该控制记录与日志相矛盾，已忽略'],
  invalidFact: ['The event cannot be applied to this customer', '该事件无法应用于此客户'],
};

export function rejectionReport(
  topic: string,
  partition: number,
  { offset, key, reason, detail }: Rejection,
  payload: Buffer | null = null,
): RejectedEvent {
  const [en, zh] = sentences[reason];
  const message = { en: `${en} (${detail}).`, zh: `${zh}（${detail}）。` };
  return rejectedEvent({ origin: `${topic}/${partition}@${offset}`, part: null, key, payload }, { reason, message });
}
