/** What is said of roll-outs, in English and Chinese. */
import { formatDay } from '@tierflow/customer/epoch-day';
import type { RolloutMode } from '@tierflow/customer/events';
import type { Rollout } from '@tierflow/processor/rollout';
import type { Language } from '../language.ts';
import type { Refusal } from './directive.ts';

export interface Said {
  readonly what: string;
  readonly remedy: string;
}

const modes: Readonly<Record<Language, Readonly<Record<RolloutMode, string>>>> = {
  en: {
    immediate: 'everybody is judged by it at once',
    grandfather: 'nobody falls because of it',
    lazy: 'a customer comes to it with its next record or day of change',
  },
  zh: {
    immediate: '立即按新策略评定',
    grandfather: '现有等级予以保留',
    lazy: '客户在下一次事件或变动日才转入新策略',
  },
};

/** The mode by its name, with what it means. */
export function describeMode(mode: RolloutMode, keepUntilDay: number | null, language: Language): string {
  const meaning = modes[language][mode];
  if (keepUntilDay === null) return language === 'zh' ? `${mode}（${meaning}）` : `${mode} (${meaning})`;
  const day = formatDay(keepUntilDay);
  return language === 'zh' ? `${mode}（${meaning}，至 ${day}）` : `${mode} (${meaning}, through ${day})`;
}

/** `roll-out 2: version 2 in 16 of 64 slices, by ann (spring campaign)`. */
export function describeRollout(rollout: Rollout, slices: number, language: Language): string {
  const { rolloutSeq, policyVersion, fromVersion, actor, reason, action, isSealed } = rollout;
  const size = `${rollout.slices}/${slices}`;
  if (language === 'zh') {
    const by = `由 ${actor} 发起${reason === '' ? '' : `（${reason}）`}`;
    if (action === 'rollback')
      return `第 ${rolloutSeq} 次发布：回滚版本 ${fromVersion}，恢复版本 ${policyVersion}，${by}`;
    const text = `第 ${rolloutSeq} 次发布：版本 ${policyVersion}，覆盖分片 ${size}，${by}`;
    return isSealed ? `${text}，已封存` : text;
  }
  const by = `by ${actor}${reason === '' ? '' : ` (${reason})`}`;
  if (action === 'rollback') {
    return `roll-out ${rolloutSeq}: version ${fromVersion} is rolled back to version ${policyVersion}, ${by}`;
  }
  const text = `roll-out ${rolloutSeq}: version ${policyVersion} in ${size} slices of each partition, ${by}`;
  return isSealed ? `${text}, sealed` : text;
}

export function describeRefusal(refusal: Refusal, slices: number, language: Language): Said {
  return language === 'zh' ? refusedInChinese(refusal, slices) : refusedInEnglish(refusal, slices);
}

function refusedInEnglish(refusal: Refusal, slices: number): Said {
  const told = (rollout: Rollout) => describeRollout(rollout, slices, 'en');
  switch (refusal.code) {
    case 'unknownVersion':
      return {
        what: `version ${refusal.version} is not published here; known are ${refusal.known.join(', ')}`,
        remedy: 'publish its file first: `tierctl policy publish FILE`',
      };
    case 'underWay':
      return {
        what: `another roll-out is under way — ${told(refusal.rollout)}`,
        remedy: `talk to ${refusal.rollout.actor}; it ends by \`tierctl policy seal\` or \`tierctl policy rollback\``,
      };
    case 'otherMode':
      return {
        what: `this roll-out goes on in the mode it began in, ${refusal.rollout.mode}, not ${refusal.mode} — ${told(refusal.rollout)}`,
        remedy: 'leave --mode out, or roll it back first and begin anew',
      };
    case 'fewerSlices':
      return {
        what: `${refusal.slices} slices are fewer than it has — ${told(refusal.rollout)}`,
        remedy: 'a roll-out only grows: name more slices, or take it back by `tierctl policy rollback`',
      };
    case 'rollingBack':
      return {
        what: `the last roll-out is still on its way back — ${told(refusal.rollout)}`,
        remedy: 'wait until `tierctl policy status --watch` ends; where nothing moves, look whether a conductor runs',
      };
    case 'keptPast':
      return {
        what: `--keep-until ${formatDay(refusal.keepUntilDay)} is not after ${formatDay(refusal.logDay)}, the present day of the log`,
        remedy: 'name a later day',
      };
    case 'noDayYet':
      return {
        what: 'the log has no business day yet, so that no end of grandfathering can be counted from it',
        remedy: 'name it by --keep-until DAY',
      };
    case 'nothingUnderWay':
      return {
        what: `no roll-out is under way that could be ${refusal.action === 'seal' ? 'sealed' : 'rolled back'}${refusal.rollout === null ? '' : ` — ${told(refusal.rollout)}`}`,
        remedy:
          refusal.action === 'rollback' && refusal.rollout !== null
            ? `activate the former version anew: \`tierctl policy activate ${refusal.rollout.fromVersion}\``
            : 'see `tierctl policy status`',
      };
    case 'nothingBefore':
      return {
        what: `before it there was no policy to go back to — ${told(refusal.rollout)}`,
        remedy: 'publish another version and activate it once this one is sealed',
      };
    case 'notAllFollow': {
      const { rollout, following, slices: all } = refusal;
      return {
        what: `only ${following} of ${all} slices follow it — ${told(rollout)}`,
        remedy:
          rollout.slices < slices
            ? `finish it first: \`tierctl policy activate ${rollout.policyVersion}\``
            : 'wait until `tierctl policy status --watch` ends',
      };
    }
  }
}

function refusedInChinese(refusal: Refusal, slices: number): Said {
  const told = (rollout: Rollout) => describeRollout(rollout, slices, 'zh');
  switch (refusal.code) {
    case 'unknownVersion':
      return {
        what: `版本 ${refusal.version} 尚未登记；已知版本：${refusal.known.join('、')}`,
        remedy: '请先登记其文件：`tierctl policy publish FILE`',
      };
    case 'underWay':
      return {
        what: `另一次发布正在进行——${told(refusal.rollout)}`,
        remedy: `请与 ${refusal.rollout.actor} 商议；以 \`tierctl policy seal\` 封存或 \`tierctl policy rollback\` 回滚后方可继续`,
      };
    case 'otherMode':
      return {
        what: `本次发布沿用开始时的方式 ${refusal.rollout.mode}，不能改为 ${refusal.mode}——${told(refusal.rollout)}`,
        remedy: '请去掉 --mode，或先回滚再重新发布',
      };
    case 'fewerSlices':
      return {
        what: `${refusal.slices} 个分片少于现有数量——${told(refusal.rollout)}`,
        remedy: '发布只能扩大：请指定更多分片，或用 `tierctl policy rollback` 回滚',
      };
    case 'rollingBack':
      return {
        what: `上一次发布仍在回滚中——${told(refusal.rollout)}`,
        remedy: '请等 `tierctl policy status --watch` 结束；若毫无进展，请检查 conductor 是否运行',
      };
    case 'keptPast':
      return {
        what: `--keep-until ${formatDay(refusal.keepUntilDay)} 不晚于日志当前日 ${formatDay(refusal.logDay)}`,
        remedy: '请指定更晚的日期',
      };
    case 'noDayYet':
      return { what: '日志尚无业务日，无法推算保留期限', remedy: '请用 --keep-until 指定日期' };
    case 'nothingUnderWay':
      return {
        what: `没有可以${refusal.action === 'seal' ? '封存' : '回滚'}的发布${refusal.rollout === null ? '' : `——${told(refusal.rollout)}`}`,
        remedy:
          refusal.action === 'rollback' && refusal.rollout !== null
            ? `请重新启用之前的版本：\`tierctl policy activate ${refusal.rollout.fromVersion}\``
            : '请查看 `tierctl policy status`',
      };
    case 'nothingBefore':
      return {
        what: `在此之前没有策略可以恢复——${told(refusal.rollout)}`,
        remedy: '请登记另一版本，待本次发布封存后再启用',
      };
    case 'notAllFollow': {
      const { rollout, following, slices: all } = refusal;
      return {
        what: `${all} 个分片中仅有 ${following} 个已转入——${told(rollout)}`,
        remedy:
          rollout.slices < slices
            ? `请先完成发布：\`tierctl policy activate ${rollout.policyVersion}\``
            : '请等 `tierctl policy status --watch` 结束',
      };
    }
  }
}
