/** Who moved between the tiers, as tables for people. */
import { formatDecimal } from '@tierflow/customer/decimal';
import { formatDay } from '@tierflow/customer/epoch-day';
import type { LogOpened } from '@tierflow/customer/events';
import type { Language } from '../language.ts';
import { titled, titleOf, words } from '../report/words.ts';
import { colours, heading, table } from '../terminal.ts';
import type { Move, ProgramFlow, TierFlow } from './flow-between.ts';
import type { Flow } from './read-flow.ts';
import { type MoveDirection, moveDirections } from './tier-order.ts';

interface FlowWords {
  readonly period: (from: string, to: string, isOpen: boolean) => string;
  readonly begins: (day: string) => string;
  readonly tiers: string;
  readonly stocks: readonly [opening: string, came: string, left: string, closing: string, retained: string];
  readonly brought: (currency: string) => readonly [orders: string, spend: string, satisfaction: string];
  readonly migration: string;
  readonly moves: string;
  readonly direction: string;
  readonly directions: Readonly<Record<MoveDirection, string>>;
  readonly nobody: string;
  readonly daily: string;
  readonly day: string;
}

const flowWords: Readonly<Record<Language, FlowWords>> = {
  en: {
    period: (from, to, isOpen) => `${from} to ${to}${isOpen ? ', which is not over' : ''}`,
    begins: day => `The log begins on ${day}.`,
    tiers: 'tiers',
    stocks: ['opening', 'in', 'out', 'closing', 'retained'],
    brought: currency => ['orders', `net spend ${currency}`, 'satisfaction %'],
    migration: 'migration',
    moves: 'moves by cause',
    direction: 'direction',
    directions: { up: 'promoted', down: 'demoted', across: 'moved', first: 'new', end: 'ended' },
    nobody: 'Nobody moved.',
    daily: 'day by day',
    day: 'day',
  },
  zh: {
    period: (from, to, isOpen) => `${from} 至 ${to}${isOpen ? '（当日未结束）' : ''}`,
    begins: day => `日志自 ${day} 开始。`,
    tiers: '各等级',
    stocks: ['期初', '转入', '转出', '期末', '保留'],
    brought: currency => ['订单数', `净消费额（${currency}）`, '满意度（%）'],
    migration: '等级迁移',
    moves: '按原因统计的变动',
    direction: '方向',
    directions: { up: '升级', down: '降级', across: '平移', first: '新增', end: '终止' },
    nobody: '无人变动。',
    daily: '逐日',
    day: '日期',
  },
};

type Currency = Pick<LogOpened, 'baseCurrency' | 'baseCurrencyDigits'>;

export function describeFlow(flow: Flow, only: string | null, currency: Currency, language: Language): string {
  const said = flowWords[language];
  const { fromDay, toDay, firstDay, isOpen } = flow;
  return [
    colours.bold(said.period(formatDay(fromDay), formatDay(toDay), isOpen)),
    ...(fromDay < firstDay ? [said.begins(formatDay(firstDay))] : []),
    ...flow.programs
      .filter(({ program }) => only === null || program === only)
      .map(program => describeProgram(program, flow, currency, language)),
  ].join('\n');
}

function describeProgram(program: ProgramFlow, flow: Flow, currency: Currency, language: Language): string {
  const [said, told] = [flowWords[language], words[language]];
  const { tiers, moves } = program;
  const name = titled(program.program, flow.order.programTitle(program.program), told);
  const tierName = (tier: string | null) =>
    tier === null ? told.none : titleOf(tier, flow.order.tierTitle(program.program, tier), told);
  const rows = tiers.map(tier => [tierName(tier.tier), ...stocksOf(tier), ...broughtBy(tier, currency)]);
  return [
    heading(`${name} — ${said.tiers}`),
    table([told.tier, ...said.stocks, ...said.brought(currency.baseCurrency)], rows),
    heading(`${name} — ${said.migration}`),
    ...(moves.length === 0
      ? [said.nobody]
      : [
          matrix(program, tierName, told.fromTo),
          heading(`${name} — ${said.moves}`),
          causes(moves, tierName, language),
        ]),
    ...(flow.days === null ? [] : [heading(`${name} — ${said.daily}`), dayTable(program, flow, tierName, language)]),
  ].join('\n');
}

function stocksOf({ opening, in: came, out, closing, retained }: TierFlow): (string | number)[] {
  const share = opening === 0 ? '' : ` (${Math.round((retained * 100) / opening)}%)`;
  return [opening, came, out, closing, `${retained}${share}`];
}

function broughtBy({ orders, spendMinor, satisfactionHundredths }: TierFlow, { baseCurrencyDigits }: Currency) {
  const satisfaction = satisfactionHundredths === null ? '' : formatDecimal(satisfactionHundredths, 2);
  return [orders, formatDecimal(spendMinor, baseCurrencyDigits), satisfaction];
}

function matrix({ tiers, moves }: ProgramFlow, tierName: (tier: string | null) => string, corner: string): string {
  const sources = [null, ...tiers.map(({ tier }) => tier)];
  const targets = moves.some(({ to }) => to === null) ? [...sources.slice(1), null] : sources.slice(1);
  const rows = sources.map(from => [
    tierName(from),
    ...targets.map(to => {
      const count = moves
        .filter(move => move.from === from && move.to === to)
        .reduce((sum, each) => sum + each.count, 0);
      return count === 0 ? '' : count;
    }),
  ]);
  return table([corner, ...targets.map(tierName)], rows);
}

function causes(moves: readonly Move[], tierName: (tier: string | null) => string, language: Language): string {
  const [said, told] = [flowWords[language], words[language]];
  const sorted = [...moves].sort(
    (a, b) => moveDirections.indexOf(a.direction) - moveDirections.indexOf(b.direction) || b.count - a.count,
  );
  return table(
    [said.direction, '', told.causeTitle, told.count],
    sorted.map(({ direction, from, to, cause, count }) => [
      said.directions[direction],
      `${tierName(from)} → ${tierName(to)}`,
      told.causes[cause],
      count,
    ]),
  );
}

function dayTable(
  { program, tiers, directions }: ProgramFlow,
  { days }: Flow,
  tierName: (tier: string) => string,
  language: Language,
): string {
  const said = flowWords[language];
  const gone = moveDirections.filter(direction => directions[direction] !== undefined);
  const rows = days!.map(({ day, programs }) => {
    const ofDay = programs.find(each => each.program === program);
    const moved = (direction: MoveDirection) =>
      Object.values(ofDay?.directions[direction] ?? {}).reduce((sum, count) => sum + count, 0);
    const closing = (tier: string) => ofDay?.tiers.find(each => each.tier === tier)?.closing ?? 0;
    return [formatDay(day), ...gone.map(moved), ...tiers.map(({ tier }) => closing(tier))];
  });
  const head = [
    said.day,
    ...gone.map(direction => said.directions[direction]),
    ...tiers.map(({ tier }) => tierName(tier)),
  ];
  return table(head, rows);
}
