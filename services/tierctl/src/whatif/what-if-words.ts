/** What people read of a prediction, in English and Chinese. The policy brings its own titles in both. */
import type { Direction } from '@tierflow/customer/changes';
import type { PopulationAxis, RolloutMode } from '@tierflow/customer/events';
import type { Language } from '../language.ts';
import type { Notifications } from './predicted-changes.ts';

export interface WhatIfWords {
  readonly title: (policy: string, version: number, day: string | null) => string;
  readonly base: (customers: string, revenue: string, days: number) => string;
  readonly present: (policies: readonly string[]) => string;
  readonly noPresent: string;
  readonly inSlices: (policy: string, slices: number) => string;
  readonly rollout: (version: number, mode: string, slices: number, of: number) => string;
  readonly rollback: (version: number) => string;
  readonly modes: Readonly<Record<RolloutMode, string>>;
  readonly version: (policy: string, version: number) => string;
  readonly nobodyMoves: string;
  readonly migration: string;
  readonly fromTo: string;
  readonly none: string;
  readonly customers: string;
  readonly share: string;
  readonly revenue: (days: number) => string;
  readonly whoMoves: string;
  /** Of a ladder. */
  readonly directions: Readonly<Record<Direction, string>>;
  readonly stays: string;
  readonly total: string;
  readonly topLosers: string;
  readonly customer: string;
  readonly from: string;
  readonly to: string;
  readonly tier: string;
  readonly notifications: string;
  readonly notificationKinds: Readonly<Record<keyof Notifications, string>>;
  readonly count: string;
  readonly playbooks: string;
  readonly before: string;
  readonly after: string;
  readonly cuts: string;
  readonly axes: Readonly<Record<PopulationAxis, string>>;
  readonly fixedCuts: string;
  readonly cutsOf: (day: string, size: string) => string;
  readonly newProgram: string;
  readonly endedProgram: string;
  readonly listSeparator: string;
}

const en: WhatIfWords = {
  title: (policy, version, day) =>
    `What if ${policy} version ${version} were activated${day === null ? '' : ` at the end of ${day}`}?`,
  base: (customers, revenue, days) => `${customers} customers with ${revenue} of net spend in ${days} days`,
  present: policies => `now: ${policies.join(', ')}`,
  noPresent: 'now: no policy',
  inSlices: (policy, slices) => `${policy} in ${slices} slices`,
  rollout: (version, mode, slices, of) =>
    `A roll-out of version ${version} is under way (${mode}): ${slices} of ${of} slices follow it. What is told here goes on from there.`,
  rollback: version => `Version ${version} is being rolled back. What is told here begins where that has ended.`,
  modes: { immediate: 'immediate', grandfather: 'keeping tiers for a while', lazy: 'customer by customer' },
  version: (policy, version) => `${policy} version ${version}`,
  nobodyMoves: 'Nobody would move.',
  migration: 'Who goes where',
  fromTo: 'now ↓ then →',
  none: 'none',
  customers: 'customers',
  share: 'share',
  revenue: days => `net spend in ${days} days`,
  whoMoves: 'Winners and losers',
  directions: {
    up: 'rise',
    down: 'fall',
    across: 'change',
    first: 'get a standing',
    end: 'lose their standing',
    unknown: 'unknown',
  },
  stays: 'stay',
  total: 'total',
  topLosers: 'Those who fall and spend most',
  customer: 'customer',
  from: 'from',
  to: 'to',
  tier: 'tier',
  notifications: 'What would be told',
  notificationKinds: {
    changes: 'changes of standing',
    renewals: 'renewals',
    expiring: 'tier about to be lost',
    approaching: 'next tier is near',
  },
  count: 'records',
  playbooks: 'Playbooks, cost a year',
  before: 'now',
  after: 'then',
  cuts: 'Cuts',
  axes: { value: 'value', recency: 'recency', frequency: 'frequency', monetary: 'monetary' },
  fixedCuts: 'as written: too few customers or days',
  cutsOf: (day, size) => `of ${size} customers on ${day}`,
  newProgram: 'new',
  endedProgram: 'ends',
  listSeparator: ', ',
};

const zh: WhatIfWords = {
  title: (policy, version, day) =>
    `若${day === null ? '' : `于 ${day} 结束时`}启用策略 ${policy} 版本 ${version}，会怎样？`,
  base: (customers, revenue, days) => `${customers} 位客户，${days} 天净消费 ${revenue}`,
  present: policies => `现行：${policies.join('、')}`,
  noPresent: '现行：无策略',
  inSlices: (policy, slices) => `${policy}（${slices} 个分片）`,
  rollout: (version, mode, slices, of) =>
    `版本 ${version} 正在推行（${mode}）：${of} 个分片中已有 ${slices} 个启用。以下结果由此继续推算。`,
  rollback: version => `版本 ${version} 正在回滚。以下结果从回滚完成之后推算。`,
  modes: { immediate: '立即生效', grandfather: '保留原等级一段时间', lazy: '逐个客户生效' },
  version: (policy, version) => `${policy} 版本 ${version}`,
  nobodyMoves: '没有客户会变动。',
  migration: '等级迁移',
  fromTo: '现在 ↓ 之后 →',
  none: '无',
  customers: '客户数',
  share: '占比',
  revenue: days => `${days} 天净消费`,
  whoMoves: '升降概况',
  directions: {
    up: '上升',
    down: '下降',
    across: '变动',
    first: '首次获得',
    end: '终止',
    unknown: '未知',
  },
  stays: '不变',
  total: '合计',
  topLosers: '下降客户中消费最高者',
  customer: '客户',
  from: '从',
  to: '到',
  tier: '等级',
  notifications: '将发出的通知',
  notificationKinds: {
    changes: '等级变动',
    renewals: '续期',
    expiring: '等级即将到期',
    approaching: '接近上一级',
  },
  count: '条数',
  playbooks: '应对措施年度成本',
  before: '现在',
  after: '之后',
  cuts: '分界值',
  axes: { value: '数值', recency: '最近消费', frequency: '消费频次', monetary: '消费金额' },
  fixedCuts: '按策略所写：客户数或天数不足',
  cutsOf: (day, size) => `取自 ${day} 的 ${size} 位客户`,
  newProgram: '新增',
  endedProgram: '终止',
  listSeparator: '、',
};

export const whatIfWords: Readonly<Record<Language, WhatIfWords>> = { en, zh };
