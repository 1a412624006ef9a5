/** A dry run in a person's words. */
import type { Language } from '../language.ts';
import { heading, table } from '../terminal.ts';
import type { DryRun } from './dry-run.ts';

interface Words {
  readonly summary: (run: DryRun, rejected: number) => string;
  readonly first: (shown: number, all: number) => string;
  readonly eventColumns: readonly string[];
  readonly rejected: string;
  readonly rejectedColumns: readonly string[];
  readonly counts: readonly string[];
  readonly nothingWritten: string;
}

const words: Readonly<Record<Language, Words>> = {
  en: {
    summary: ({ file, read, unit, events }, rejected) =>
      `${file}: ${read} ${unit} give ${events} events; ${rejected} rejected`,
    first: (shown, all) => `The first ${shown} of ${all} events`,
    eventColumns: ['at', 'type', 'customer', 'day', 'what it says', 'id'],
    rejected: 'Rejected',
    rejectedColumns: ['where', 'reason', 'what to do'],
    counts: ['events', 'count'],
    nothingWritten: 'Nothing was written.',
  },
  zh: {
    summary: ({ file, read, unit, events }, rejected) =>
      `${file}：读取 ${read} 行${unit === 'rows' ? '数据' : ''}，得到 ${events} 个事件，拒收 ${rejected} 条`,
    first: (shown, all) => `前 ${shown} 个事件（共 ${all} 个）`,
    eventColumns: ['行', '类型', '客户', '业务日', '内容', '标识'],
    rejected: '被拒收的内容',
    rejectedColumns: ['位置', '原因', '说明与处理'],
    counts: ['事件', '数量'],
    nothingWritten: '没有写入任何数据。',
  },
};

const shownInColumns: ReadonlySet<string> = new Set(['type', 'eventId', 'source', 'customerId', 'occurredAt']);
const idCharactersMax = 24;

export function describeDryRun(run: DryRun, language: Language): string {
  const said = words[language];
  const sections = [said.summary(run, run.rejected.length)];
  if (run.first.length > 0) {
    const rows = run.first.map(({ place, day, event }) => [
      place,
      String(event.type),
      String(event.customerId),
      day,
      content(event),
      shortened(String(event.eventId)),
    ]);
    sections.push(heading(said.first(run.first.length, run.events)), table(said.eventColumns, rows));
  }
  if (run.events > 0) sections.push('', table(said.counts, Object.entries(run.types)));
  if (run.rejected.length > 0) {
    const rows = run.rejected.map(({ id, reason, message, messageZh }) => [
      id,
      reason,
      language === 'zh' ? messageZh : message,
    ]);
    sections.push(heading(said.rejected), table(said.rejectedColumns, rows));
  }
  return [...sections, '', said.nothingWritten].join('\n');
}

function content(event: Readonly<Record<string, unknown>>): string {
  const { attributes, amount, currency, ...rest } = event;
  const money = amount === undefined ? [] : [`${amount} ${currency}`];
  const fields = Object.entries({ ...rest, ...(attributes as Record<string, unknown> | undefined) })
    .filter(([name]) => !shownInColumns.has(name))
    .map(([name, value]) => `${name}=${value}`);
  return [...money, ...fields].join(', ');
}

function shortened(id: string): string {
  return id.length > idCharactersMax ? `${id.slice(0, idCharactersMax - 1)}…` : id;
}
