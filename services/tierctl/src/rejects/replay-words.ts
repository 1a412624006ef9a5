/** Why a rejection cannot be replayed as it is, and what to do instead. */

export interface Sentence {
  readonly en: string;
  readonly zh: string;
}

export type NotReplayable = 'file' | 'log' | 'noSource' | 'gone' | 'undecodableBatch';

const sentences: Readonly<Record<NotReplayable, (from: string) => Sentence>> = {
  file: from => ({
    en: `It stood in the file ${from}. Mend the file or the mapping and import it again: what was accepted counts once.`,
    zh: `它来自文件 ${from}。请修改文件或映射后重新导入：已接受的事件不会重复计算。`,
  }),
  log: from => ({
    en: `It lies in the log itself (${from}), where records stay as they are. Have its source send a corrected event; events older than the horizon need a bootstrap import.`,
    zh: `它在日志本身（${from}）中，日志中的记录不可更改。请由来源发送更正后的事件；早于保留期限的事件请用 bootstrap 导入。`,
  }),
  noSource: from => ({
    en: `No source of the sources file reads the topic ${from}. Name the sources file that does.`,
    zh: `来源文件中没有读取主题 ${from} 的来源。请指定相应的来源文件。`,
  }),
  gone: from => ({
    en: `The topic ${from} does not have the record any more: its retention has passed, or the topic was deleted. Have its source send it again.`,
    zh: `主题 ${from} 中已没有该记录：已超过保留时间或主题已删除。请由来源重新发送。`,
  }),
  undecodableBatch: from => ({
    en: `The batch of the record in ${from} cannot be unpacked. Have its source send it again, in smaller batches.`,
    zh: `无法解压主题 ${from} 中该记录所在的批次。请由来源以较小的批次重新发送。`,
  }),
};

export function notReplayed(reason: NotReplayable, from: string): Sentence {
  return sentences[reason](from);
}
