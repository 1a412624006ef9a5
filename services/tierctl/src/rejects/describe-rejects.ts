/** Rejections for people, in their language. */
import { isUtf8 } from 'node:buffer';
import type { Language } from '../language.ts';
import { colours, heading, table } from '../terminal.ts';
import type { Reject } from './read-rejects.ts';
import type { ReplaySummary } from './replay-rejects.ts';

const words = {
  en: {
    none: 'Nothing was rejected, or nothing that fits.',
    columns: ['time', 'id', 'reason', 'what to do'],
    counts: ['reason', 'count'],
    shown: (shown: number, all: number) =>
      shown === all ? `${all} rejection${all === 1 ? '' : 's'}` : `The newest ${shown} of ${all}`,
    fields: { id: 'id', origin: 'origin', time: 'told of', reason: 'reason', key: 'key', payload: 'payload' },
    truncated: 'the first 4096 bytes',
    hex: 'not UTF-8, in hex',
    noPayload: 'none',
    replay: ({ records, accepted, rejected, notReplayed }: ReplaySummary, isDryRun: boolean) =>
      `${records} rejected records: ${accepted} events accepted now${isDryRun ? ' (dry run: nothing was written)' : ' and written'}, ${rejected.length} still rejected, ${notReplayed.length} not replayed`,
    withoutEvents: (count: number) => `${count} records give no event any more: no condition of the mapping holds.`,
    still: 'Still rejected',
    notReplayed: 'Not replayed',
  },
  zh: {
    none: '没有被拒收的记录，或没有符合条件的记录。',
    columns: ['时间', '标识', '原因', '说明与处理'],
    counts: ['原因', '数量'],
    shown: (shown: number, all: number) => (shown === all ? `共 ${all} 条拒收记录` : `最新 ${shown} 条，共 ${all} 条`),
    fields: { id: '标识', origin: '来源', time: '记录时间', reason: '原因', key: '键', payload: '内容' },
    truncated: '前 4096 字节',
    hex: '非 UTF-8，十六进制',
    noPayload: '无',
    replay: ({ records, accepted, rejected, notReplayed }: ReplaySummary, isDryRun: boolean) =>
      `被拒收的记录 ${records} 条：现在接受 ${accepted} 个事件${isDryRun ? '（试运行，未写入）' : '并已写入'}，仍被拒收 ${rejected.length} 条，未重放 ${notReplayed.length} 条`,
    withoutEvents: (count: number) => `${count} 条记录不再产生事件：映射的条件均不成立。`,
    still: '仍被拒收',
    notReplayed: '未重放',
  },
} as const;

export function messageIn(language: Language, { message, messageZh }: Reject): string {
  return language === 'zh' ? messageZh : message;
}

export function describeRejects(shown: readonly Reject[], all: readonly Reject[], language: Language): string {
  const said = words[language];
  if (all.length === 0) return said.none;
  const rows = shown.map(reject => [timeText(reject.timestamp), reject.id, reject.reason, messageIn(language, reject)]);
  const counts = Map.groupBy(all, ({ reason }) => reason);
  const countRows = [...counts].map(([reason, list]) => [reason, list.length] as const);
  countRows.sort((a, b) => b[1] - a[1]);
  return [said.shown(shown.length, all.length), table(said.columns, rows), '', table(said.counts, countRows)].join(
    '\n',
  );
}

export function describeReject(reject: Reject, language: Language): string {
  const { fields, noPayload } = words[language];
  const { id, origin, reason, key, timestamp } = reject;
  return [
    colours.bold(messageIn(language, reject)),
    '',
    table(
      ['', ''],
      [
        [fields.id, id],
        [fields.origin, origin],
        [fields.time, timeText(timestamp)],
        [fields.reason, reason],
        [fields.key, key ?? noPayload],
      ],
    ),
    `${heading(fields.payload)}${payloadNote(reject, language)}`,
    payloadText(reject)?.text ?? noPayload,
  ].join('\n');
}

function payloadNote({ payload, payloadTruncated }: Reject, language: Language): string {
  const { truncated, hex } = words[language];
  const notes = [
    ...(payloadTruncated ? [truncated] : []),
    ...(payload !== null && !isText(payload, payloadTruncated) ? [hex] : []),
  ];
  return notes.length === 0 ? '' : ` (${notes.join(', ')})`;
}

/** As text where it is text, else in hex. */
export function payloadText({
  payload,
  payloadTruncated,
}: Reject): { readonly encoding: 'utf8' | 'hex'; readonly text: string } | null {
  if (payload === null) return null;
  const encoding = isText(payload, payloadTruncated) ? 'utf8' : 'hex';
  return { encoding, text: payload.toString(encoding) };
}

/** Cut to its first bytes, a text may end within a character. */
function isText(payload: Buffer, isTruncated: boolean): boolean {
  const tails = isTruncated ? [0, 1, 2, 3] : [0];
  return !payload.includes(0) && tails.some(tail => isUtf8(payload.subarray(0, payload.length - tail)));
}

export function describeReplay(summary: ReplaySummary, isDryRun: boolean, language: Language): string {
  const said = words[language];
  const sections = [said.replay(summary, isDryRun)];
  if (summary.withoutEvents > 0) sections.push(said.withoutEvents(summary.withoutEvents));
  const [, id, reason, what] = said.columns;
  if (summary.rejected.length > 0) {
    const rows = summary.rejected.map(each => [each.id, each.reason, each.message[language]]);
    sections.push(heading(said.still), table([id, reason, what], rows));
  }
  if (summary.notReplayed.length > 0) {
    const rows = summary.notReplayed.map(({ origin, message }) => [origin, message[language]]);
    sections.push(heading(said.notReplayed), table([id, what], rows));
  }
  return sections.join('\n');
}

function timeText(timestamp: number): string {
  return new Date(timestamp).toISOString().replace(/\.\d+Z$/, 'Z');
}
