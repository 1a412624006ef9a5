/** Where the cuts of a program come from: the population of a day, or the policy's own text, and then why. */
import type { Shortfall } from '@tierflow/processor/conducting/shortfall';
import type { Language } from '../language.ts';
import type { ProgramCuts } from './policy-status.ts';

interface CutWords {
  readonly calibrated: (size: number, day: string) => string;
  readonly fixed: (why: string) => string;
  readonly shortfall: (shortfall: Shortfall) => string;
  readonly awaited: string;
}

const cutWords: Readonly<Record<Language, CutWords>> = {
  en: {
    calibrated: (size, day) => `taken from ${size} customers on ${day}`,
    fixed: why => `as written (${why})`,
    shortfall: shortfall =>
      shortfall.kind === 'customers'
        ? `too few customers, ${shortfall.size} of at least ${shortfall.minCustomers}`
        : `too few days, ${shortfall.historyDays} of at least ${shortfall.minDays}`,
    awaited: 'until the conductor takes them from the population',
  },
  zh: {
    calibrated: (size, day) => `取自 ${day} 的 ${size} 位客户`,
    fixed: why => `按策略书写（${why}）`,
    shortfall: shortfall =>
      shortfall.kind === 'customers'
        ? `客户过少：${shortfall.size} 位，至少需 ${shortfall.minCustomers} 位`
        : `天数过少：${shortfall.historyDays} 天，至少需 ${shortfall.minDays} 天`,
    awaited: '待 conductor 按总体计算',
  },
};

export function describeCutOrigin(
  { calibrated, shortfall }: Pick<ProgramCuts, 'calibrated' | 'shortfall'>,
  language: Language,
): string {
  const said = cutWords[language];
  if (calibrated !== null) return said.calibrated(calibrated.size, calibrated.day);
  return said.fixed(shortfall === null ? said.awaited : said.shortfall(shortfall));
}
