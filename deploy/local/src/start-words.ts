/** What `npm start` says to people who came to see tiers move, in English and Chinese. */
import { formatDay } from '@tierflow/customer/epoch-day';
import type { EpochDay } from '@tierflow/customer/events';
import type { Language } from '@tierflow/tierctl/language';
import type { LiveDay } from './sample-year/live-days.ts';

export interface StartWords {
  readonly preparing: string;
  readonly starting: (service: string) => string;
  readonly ended: (service: string, logFile: string) => string;
  readonly startedAgain: (service: string) => string;
  readonly year: string;
  readonly records: (count: number) => string;
  readonly folding: string;
  readonly about: string;
  readonly clockGoesOn: (secondsPerDay: number) => string;
  readonly liveDay: (day: LiveDay) => string;
  readonly running: string;
  readonly registry: string;
  readonly logs: string;
  readonly ask: string;
}

const en: StartWords = {
  preparing: 'Preparing topics, schemas and policy',
  starting: service => `Starting ${service}`,
  ended: (service, logFile) => `${service} ended unexpectedly. The end of ${logFile}:`,
  startedAgain: service => `${service} was killed and is started again.`,
  year: 'A year of groceries, day by day',
  records: count => `${count.toLocaleString('en')} records`,
  folding: 'Waiting for the last day',
  about:
    'Sample: 84.51° Complete Journey, 2017 (CC0). 47,243 baskets of 2,377 households, a random cut of their lines; ' +
    'the feedback is synthetic.',
  clockGoesOn: seconds =>
    `The clock goes on: a day every ${seconds} s, made up from the same weekday a year before. ▲ promoted ▼ demoted ⇄ changed segment`,
  liveDay: ({ day, records, promotions, demotions, moves }) =>
    `${dated(day, 'en')} · ${String(records).padStart(3)} records · ▲ ${pad(promotions)} ▼ ${pad(demotions)} ⇄ ${pad(moves)}`,
  running: 'tierflow is running. Ctrl-C stops it.',
  registry: 'Schema registry',
  logs: 'Logs           ',
  ask: 'Ask it from another terminal:',
};

const zh: StartWords = {
  preparing: '准备主题、模式和策略',
  starting: service => `启动 ${service}`,
  ended: (service, logFile) => `${service} 意外退出。${logFile} 的末尾：`,
  startedAgain: service => `${service} 被终止，正在重新启动。`,
  year: '一年的超市购物，逐日推进',
  records: count => `${count.toLocaleString('zh')} 条记录`,
  folding: '等待最后一天处理完毕',
  about:
    '样本：84.51° Complete Journey，2017 年（CC0）。2,377 户家庭的 47,243 次购物（明细为随机抽样）；其中的反馈数据为合成数据。',
  clockGoesOn: seconds =>
    `时钟继续前行：每 ${seconds} 秒一个营业日，数据按上一年同一星期几重新抽样。▲ 升级 ▼ 降级 ⇄ 分群变动`,
  liveDay: ({ day, records, promotions, demotions, moves }) =>
    `${dated(day, 'zh')} · ${String(records).padStart(3)} 条记录 · ▲ ${pad(promotions)} ▼ ${pad(demotions)} ⇄ ${pad(moves)}`,
  running: 'tierflow 正在运行。按 Ctrl-C 停止。',
  registry: '模式注册中心   ',
  logs: '日志           ',
  ask: '在另一个终端中查询：',
};

export const startWords: Readonly<Record<Language, StartWords>> = { en, zh };

function dated(day: EpochDay, language: Language): string {
  const date = formatDay(day);
  const weekday = new Date(`${date}T00:00:00Z`).toLocaleDateString(language, { weekday: 'short', timeZone: 'UTC' });
  return `${date} ${weekday}`;
}

function pad(count: number): string {
  return String(count).padEnd(3);
}
