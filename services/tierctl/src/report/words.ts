/** What people read, in English and Chinese. The policy brings its own titles in both. */
import type { Cause } from '@tierflow/customer/changes';
import type { LocalizedText, PlaybookDocument } from '@tierflow/customer/policy-document';
import type { Language } from '../language.ts';
import type { StoryKind } from './stories.ts';

export interface Words {
  readonly language: Language;
  readonly events: string;
  readonly accepted: string;
  readonly rejected: string;
  readonly duplicates: string;
  readonly late: string;
  readonly changes: string;
  readonly eventsPerSecond: string;
  readonly reason: string;
  readonly tier: string;
  readonly customers: string;
  readonly population: string;
  readonly migration: string;
  readonly fromTo: string;
  readonly none: string;
  readonly causes: Readonly<Record<Cause, string>>;
  readonly causeTitle: string;
  readonly count: string;
  readonly stories: string;
  readonly storyTitles: Readonly<Record<StoryKind, string>>;
  readonly correction: string;
  readonly because: string;
  readonly met: string;
  readonly notMet: string;
  readonly missing: string;
  readonly trigger: string;
  readonly where: string;
  readonly topics: string;
  readonly redis: string;
  readonly metrics: string;
  readonly explain: string;
  readonly asOf: string;
  readonly since: string;
  readonly standing: string;
  readonly measure: string;
  readonly value: string;
  readonly keeps: string;
  readonly next: string;
  readonly cuts: string;
  readonly ranks: string;
  readonly rank: (rank: number, of: number, topPercent: string) => string;
  readonly top: string;
  readonly toGo: (amount: string) => string;
  readonly spare: (amount: string) => string;
  readonly leaving: string;
  readonly nothingLeaves: string;
  readonly noChangeAhead: string;
  readonly tileOf: string;
  readonly afterwards: string;
  readonly unchanged: string;
  readonly overrides: string;
  readonly profile: string;
  readonly recentChanges: string;
  readonly noChanges: string;
  readonly until: string;
  readonly ended: string;
  readonly policy: string;
  readonly listSeparator: string;
  readonly passing: (tiers: readonly string[]) => string;
  readonly validThrough: (day: string) => string;
  readonly graceThrough: (day: string) => string;
  readonly belowSince: (day: string) => string;
  readonly reviewOn: (day: string) => string;
  readonly incomplete: string;
  readonly agedOut: (days: string) => string;
  readonly missingForNext: (tier: string, missing: string) => string;
  readonly missingToKeep: (day: string, missing: string) => string;
  readonly renewedThrough: (tier: string, day: string) => string;
  /** `missing`: what would keep it; null: no number would. */
  readonly expiresOn: (tier: string, day: string, to: string, missing: string | null) => string;
  readonly byGraceAlone: string;
  /** `missing` as above. */
  readonly approaching: (tier: string, missing: string | null) => string;
  readonly teams: Readonly<Record<keyof PlaybookDocument, string>>;
  readonly toDo: string;
  readonly goesWhen: string;
  readonly vetoes: string;
  readonly comesBackWhen: string;
}

const en: Words = {
  language: 'en',
  events: 'Events',
  accepted: 'accepted',
  rejected: 'rejected',
  duplicates: 'duplicates',
  late: 'late',
  changes: 'changes of standing',
  eventsPerSecond: 'events per second',
  reason: 'rejected because',
  tier: 'tier',
  customers: 'customers',
  population: 'Customers by tier',
  migration: 'Migration',
  fromTo: 'from ↓ to →',
  none: 'none',
  causes: {
    facts: 'purchases and other facts',
    refund: 'a refund',
    time: 'time',
    policy: 'the policy',
    population: 'other customers',
    override: 'an override',
    erasure: 'erasure',
  },
  causeTitle: 'cause',
  count: 'changes',
  stories: 'Customers and why',
  storyTitles: {
    promotion: 'the greatest rise',
    time: 'a fall by time alone',
    refund: 'moved by a refund',
    renewal: 'kept for another term',
    expiring: 'about to lose the tier',
    approaching: 'close to the next tier',
  },
  correction: 'a late fact corrected it',
  because: 'because of',
  met: 'met',
  notMet: 'not met',
  missing: 'no value',
  trigger: 'record',
  where: 'Where to look next',
  topics: 'Topics',
  redis: 'A customer in Redis',
  metrics: 'Metrics',
  explain: 'Why somebody stands there',
  asOf: 'as of',
  since: 'since',
  standing: 'standing',
  measure: 'measure',
  value: 'value',
  keeps: 'holds',
  next: 'next tier',
  cuts: 'cuts',
  ranks: 'Among everybody',
  rank: (rank, of, topPercent) => `rank ${rank} of ${of}, top ${topPercent} %`,
  top: 'the highest tier',
  toGo: amount => `${amount} to go`,
  spare: amount => `${amount} to spare`,
  leaving: 'What leaves the windows next',
  nothingLeaves: 'Nothing leaves by time alone.',
  noChangeAhead: 'no change of standing by time alone',
  tileOf: 'of',
  afterwards: 'then',
  unchanged: 'standing unchanged',
  overrides: 'Overrides',
  profile: 'Profile',
  recentChanges: 'Recent changes',
  noChanges: 'No change yet.',
  until: 'until',
  ended: 'until it is ended',
  policy: 'policy',
  listSeparator: ', ',
  passing: tiers => `passing ${tiers.join(', ')}`,
  validThrough: day => `valid through ${day}`,
  graceThrough: day => `kept by grace through ${day}`,
  belowSince: day => `below it since ${day}`,
  reviewOn: day => `to be reviewed on ${day}`,
  incomplete: 'incomplete: a number that decides is missing',
  agedOut: days => `left the windows: the facts of ${days}`,
  missingForNext: (tier, missing) => `missing for ${tier}: ${missing}`,
  missingToKeep: (day, missing) => `missing to keep it on ${day}: ${missing}`,
  renewedThrough: (tier, day) => `${tier} is renewed through ${day}`,
  expiresOn: (tier, day, to, missing) =>
    `${tier} expires on ${day}, then ${to}${missing === null ? '' : `, unless what is missing comes in: ${missing}`}`,
  byGraceAlone: 'kept by grace alone',
  approaching: (tier, missing) => `${tier} is near${missing === null ? '' : `; missing: ${missing}`}`,
  teams: { marketing: 'marketing', sales: 'sales', service: 'service' },
  toDo: 'what to do',
  goesWhen: 'is to go when',
  vetoes: 'is kept from it while',
  comesBackWhen: 'comes back when',
};

const zh: Words = {
  language: 'zh',
  events: '事件',
  accepted: '已接受',
  rejected: '已拒收',
  duplicates: '重复',
  late: '迟到',
  changes: '次等级变动',
  eventsPerSecond: '事件/秒',
  reason: '拒收原因',
  tier: '等级',
  customers: '客户数',
  population: '各等级客户数',
  migration: '等级迁移',
  fromTo: '从 ↓ 到 →',
  none: '无',
  causes: {
    facts: '消费等行为',
    refund: '退款',
    time: '时间推移',
    policy: '策略',
    population: '其他客户变动',
    override: '人工调整',
    erasure: '数据删除',
  },
  causeTitle: '原因',
  count: '变动次数',
  stories: '几位客户及其原因',
  storyTitles: {
    promotion: '升级幅度最大',
    time: '仅因时间推移而降级',
    refund: '因退款而变动',
    renewal: '续期成功',
    expiring: '等级即将到期',
    approaching: '接近上一级',
  },
  correction: '由迟到的事件更正',
  because: '原因：',
  met: '满足',
  notMet: '不满足',
  missing: '无数值',
  trigger: '记录',
  where: '接下来看哪里',
  topics: '主题',
  redis: 'Redis 中的一位客户',
  metrics: '指标',
  explain: '某位客户为何处于该等级',
  asOf: '截至',
  since: '自',
  standing: '当前等级',
  measure: '度量',
  value: '数值',
  keeps: '保持',
  next: '上一级',
  cuts: '分界值',
  ranks: '在全体客户中',
  rank: (rank, of, topPercent) => `第 ${rank} 名，共 ${of} 名，前 ${topPercent}%`,
  top: '已是最高等级',
  toGo: amount => `尚差 ${amount}`,
  spare: amount => `富余 ${amount}`,
  leaving: '即将移出窗口的数据',
  nothingLeaves: '没有数据会仅因时间推移而移出。',
  noChangeAhead: '等级不会仅因时间推移而变动',
  tileOf: '来自',
  afterwards: '届时',
  unchanged: '等级不变',
  overrides: '人工调整',
  profile: '客户资料',
  recentChanges: '最近变动',
  noChanges: '尚无变动。',
  until: '至',
  ended: '直至取消',
  policy: '策略',
  listSeparator: '、',
  passing: tiers => `越过 ${tiers.join('、')}`,
  validThrough: day => `有效期至 ${day}`,
  graceThrough: day => `宽限期至 ${day}`,
  belowSince: day => `自 ${day} 起未达标`,
  reviewOn: day => `复核日 ${day}`,
  incomplete: '数据不完整：缺少参与判定的数值',
  agedOut: days => `移出窗口：${days} 的数据`,
  missingForNext: (tier, missing) => `距${tier}尚差：${missing}`,
  missingToKeep: (day, missing) => `截至 ${day} 保级尚差：${missing}`,
  renewedThrough: (tier, day) => `${tier}已续期至 ${day}`,
  expiresOn: (tier, day, to, missing) =>
    `${tier}将于 ${day} 到期，随后为${to}${missing === null ? '' : `；补足以下差额即可保留：${missing}`}`,
  byGraceAlone: '目前仅凭宽限期保留',
  approaching: (tier, missing) => `接近${tier}${missing === null ? '' : `，尚差：${missing}`}`,
  teams: { marketing: '营销', sales: '销售', service: '服务' },
  toDo: '应对措施',
  goesWhen: '退出条件',
  vetoes: '阻止退出的条件',
  comesBackWhen: '恢复条件',
};

export const words: Readonly<Record<Language, Words>> = { en, zh };

/** The name, which is what topics and conditions say, with the policy's title where it has one in the language. */
export function titled(name: string, title: LocalizedText | null | undefined, words: Words): string {
  const text = titleOf(name, title, words);
  return text === name ? name : `${name} (${text})`;
}

/** The title alone, for sentences. */
export function titleOf(name: string, title: LocalizedText | null | undefined, { language }: Words): string {
  return (language === 'zh' ? title?.zh : title?.en) ?? name;
}
