/** How the policies of a namespace stand, for people. */
import type { PopulationAxis } from '@tierflow/customer/events';
import type { Language } from '../language.ts';
import { titled, titleOf, words } from '../report/words.ts';
import { colours, heading, table } from '../terminal.ts';
import { describeCutOrigin } from './cut-origin.ts';
import type { PolicyStatus, ProgramCuts } from './policy-status.ts';
import type { RolloutStage, RolloutStatus } from './rollout-status.ts';
import { describeMode, describeRollout } from './rollout-words.ts';

interface StatusWords {
  readonly logDay: (day: string | null) => string;
  readonly versionsHead: readonly [string, string, string, string];
  readonly versions: string;
  readonly rollout: string;
  readonly noRollout: string;
  readonly mode: string;
  readonly followers: string;
  readonly partition: string;
  readonly stages: Readonly<Record<RolloutStage, (version: number, from: number) => string>>;
  readonly keepsFormer: string;
  readonly cuts: string;
  readonly cutsHead: readonly [string, string, string, string, string];
  readonly axes: Readonly<Record<PopulationAxis, string>>;
  readonly of: (part: number, whole: number) => string;
}

const statusWords: Readonly<Record<Language, StatusWords>> = {
  en: {
    logDay: day => (day === null ? 'The log has no business day yet.' : `The log's present day is ${day}.`),
    versions: 'Versions',
    versionsHead: ['version', 'policy', 'title', 'slices that follow'],
    rollout: 'Roll-out',
    noRollout: 'There was none: all follow the version that the log was opened with.',
    mode: 'mode',
    followers: 'slices that follow',
    partition: 'partition',
    stages: {
      underWay: () => 'It is under way.',
      partial: version =>
        `It has come as far as it was directed. Go on by \`tierctl policy activate ${version}\`, or take it back by \`tierctl policy rollback\`.`,
      complete: () =>
        'Every slice follows. End it by `tierctl policy seal`, or take it back by `tierctl policy rollback`.',
      sealed: () => 'It has ended.',
      rollingBack: () => 'The slices are on their way back.',
      rolledBack: (version, from) => `Version ${from} is rolled back; all follow version ${version} again.`,
    },
    keepsFormer: 'Former standings are kept for a rollback until it is sealed.',
    cuts: 'Cuts by the population',
    cutsHead: ['version', 'program', 'axis', 'cuts in force', 'where they come from'],
    axes: { value: 'value', recency: 'recency', frequency: 'frequency', monetary: 'monetary value' },
    of: (part, whole) => `${part} of ${whole}`,
  },
  zh: {
    logDay: day => (day === null ? '日志尚无业务日。' : `日志当前日为 ${day}。`),
    versions: '版本',
    versionsHead: ['版本', '策略', '名称', '采用的分片'],
    rollout: '发布',
    noRollout: '尚未发布：全部采用日志开启时的版本。',
    mode: '方式',
    followers: '已转入的分片',
    partition: '分区',
    stages: {
      underWay: () => '正在进行。',
      partial: version =>
        `已达到指定范围。可用 \`tierctl policy activate ${version}\` 继续，或用 \`tierctl policy rollback\` 回滚。`,
      complete: () => '全部分片已转入。可用 `tierctl policy seal` 封存，或用 `tierctl policy rollback` 回滚。',
      sealed: () => '已结束。',
      rollingBack: () => '分片正在恢复。',
      rolledBack: (version, from) => `版本 ${from} 已回滚，全部恢复采用版本 ${version}。`,
    },
    keepsFormer: '封存之前保留原有等级，以备回滚。',
    cuts: '随总体变动的分界',
    cutsHead: ['版本', '方案', '维度', '当前分界', '来源'],
    axes: { value: '价值', recency: '最近购买', frequency: '购买频次', monetary: '购买金额' },
    of: (part, whole) => `${part}/${whole}`,
  },
};

export function describeStatus(status: PolicyStatus, language: Language): string {
  const said = statusWords[language];
  const versions = status.versions.map(({ version, policyId, title, following }) => [
    version,
    policyId,
    titleOf('', title, words[language]),
    said.of(following, status.slices),
  ]);
  return [
    said.logDay(status.logDay),
    heading(said.versions),
    table(said.versionsHead, versions),
    heading(said.rollout),
    ...(status.rollout === null ? [said.noRollout] : describeRolloutStatus(status.rollout, language)),
    ...(status.cuts.length === 0 ? [] : [heading(said.cuts), describeCuts(status.cuts, language)]),
  ].join('\n');
}

/** What a person who directed a roll-out wants to know of it. */
export function describeRolloutStatus(status: RolloutStatus, language: Language): string[] {
  const said = statusWords[language];
  const { rollout, stage, slices, following, keepsFormerStandings } = status;
  const { mode, keepUntilDay, action, policyVersion, fromVersion } = rollout;
  return [
    colours.bold(describeRollout(rollout, slices, language)),
    ...(action === 'activate' ? [`${said.mode}: ${describeMode(mode, keepUntilDay, language)}`] : []),
    said.stages[stage](policyVersion, fromVersion),
    ...(keepsFormerStandings ? [said.keepsFormer] : []),
    table(
      [said.partition, said.followers],
      following.map((count, partition) => [partition, said.of(count, rollout.slices)]),
    ),
  ];
}

function describeCuts(programs: readonly ProgramCuts[], language: Language): string {
  const said = statusWords[language];
  const rows = programs.flatMap(({ version, program, title, axes, ...origin }) => {
    return axes.map(({ axis, cuts }) => [
      version,
      titled(program, title, words[language]),
      said.axes[axis],
      cuts.join(', '),
      describeCutOrigin(origin, language),
    ]);
  });
  return table(said.cutsHead, rows);
}
