/** Why a standing changed, as a sentence in English and in Chinese. The policy brings the titles. */
import type { Evidence, Reason } from './changes.ts';
import type { MoveReason } from './ladder.ts';
import type { Policy, Tier } from './policy.ts';
import type { LocalizedText } from './policy-document.ts';

/** So many numbers make a sentence; the evidence has them all. */
const numbersMost = 3;

type Language = keyof LocalizedText;

const operators: Readonly<Record<string, string>> = { '>=': '≥', '<=': '≤', '==': '=', '!=': '≠' };

export function reasonFor(
  policy: Policy,
  tiers: readonly Tier[],
  code: MoveReason,
  from: string | null,
  to: string | null,
  evidence: readonly Evidence[],
): Reason {
  return { code, en: sentence('en'), zh: sentence('zh') };

  function sentence(language: Language): string {
    const tier = (name: string | null) => titleOf(tiers, name, language);
    const numbers = numbersOf(
      policy,
      evidence,
      code !== 'missed' && code !== 'expired' && code !== 'graceEnded',
      language,
    );
    const because = numbers === '' ? '' : language === 'en' ? `: ${numbers}` : `：${numbers}`;
    const said = sentences[code][language](tier(from), tier(to));
    return said + because;
  }
}

const sentences: Readonly<Record<MoveReason, Record<Language, (from: string, to: string) => string>>> = {
  reached: { en: (_, to) => `${to} is reached`, zh: (_, to) => `达到“${to}”` },
  missed: { en: from => `${from} is no longer reached`, zh: from => `不再达到“${from}”` },
  expired: {
    en: from => `${from} was not qualified for again before it ended`,
    zh: from => `“${from}”到期前未再次达标`,
  },
  graceEnded: { en: from => `${from} was kept by grace, which has ended`, zh: from => `“${from}”的宽限期已结束` },
  unearned: {
    en: from => `A refund took back what had earned ${from}`,
    zh: from => `退款使“${from}”的达标不再成立`,
  },
  stageEntered: { en: (_, to) => `${to} begins`, zh: (_, to) => `进入“${to}”阶段` },
  stageLeft: { en: from => `${from} is over`, zh: from => `结束“${from}”阶段` },
  overridden: { en: (_, to) => `${to} was set by hand`, zh: (_, to) => `人工设定为“${to}”` },
  overrideEnded: {
    en: (_, to) => `What was set by hand has ended; it is ${to}`,
    zh: (_, to) => `人工设定已结束，现为“${to}”`,
  },
  rolledBack: {
    en: (from, to) => `The policy was rolled back; it is ${to} again, not ${from}`,
    zh: (from, to) => `策略已回退，由“${from}”恢复为“${to}”`,
  },
  programEnded: {
    en: from => `The policy no longer has this program; it was ${from}`,
    zh: from => `策略不再包含该分级项目，此前为“${from}”`,
  },
};

function titleOf(tiers: readonly Tier[], tier: string | null, language: Language): string {
  if (tier === null) return language === 'en' ? 'no tier' : '无等级';
  return textIn(tiers.find(({ name }) => name === tier)?.title ?? null, language) ?? tier;
}

function textIn(title: LocalizedText | null, language: Language): string | undefined {
  return title === null ? undefined : (title[language] ?? title.en);
}

function numbersOf(policy: Policy, evidence: readonly Evidence[], met: boolean, language: Language): string {
  const separator = language === 'en' ? '; ' : '；';
  const told = evidence.filter(each => each.met === met && each.value !== null);
  // A tier and the one above may ask the same, such as who is ranked at all.
  const isFirst = (each: Evidence, index: number): boolean =>
    told.findIndex(({ measure, operator, threshold }) => {
      return measure === each.measure && operator === each.operator && threshold === each.threshold;
    }) === index;
  return told
    .filter(isFirst)
    .slice(0, numbersMost)
    .map(({ measure, value, operator, threshold }) => {
      const title = textIn(policy.measures.find(({ name }) => name === measure)?.title ?? null, language) ?? measure;
      const compared = `${operators[operator] ?? operator} ${threshold}`;
      if (met) return `${title} ${value} ${compared}`;
      return language === 'en' ? `${title} ${value}, not ${compared}` : `${title} ${value}，未满足 ${compared}`;
    })
    .join(separator);
}
