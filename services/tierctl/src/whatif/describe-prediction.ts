/** A prediction as tables. Titles come from the policies in the language. */
import type { Direction } from '@tierflow/customer/changes';
import { formatDay } from '@tierflow/customer/epoch-day';
import type { Program } from '@tierflow/customer/policy';
import type { Language } from '../language.ts';
import { titled, titleOf, type Words, words } from '../report/words.ts';
import { colours, heading, table } from '../terminal.ts';
import { grouped, groupedMoney, percentOf } from './grouped.ts';
import type { Group } from './migration.ts';
import { customersBy, type FollowedPolicy, type Prediction, type ProgramPrediction } from './prediction.ts';
import { type WhatIfWords, whatIfWords } from './what-if-words.ts';

/** In the order in which they are told; `unknown` never comes of a fold of today. */
const directionsTold: readonly Direction[] = ['up', 'down', 'across', 'first', 'end'];

export function describePrediction(prediction: Prediction, language: Language): string {
  const said = whatIfWords[language];
  return [
    ...introduction(prediction, language).map((line, i) => (i === 0 ? colours.bold(line) : line)),
    ...prediction.programs.flatMap(program => describeProgram(prediction, program, said, words[language])),
  ].join('\n');
}

/** What is compared with what: also above a picture. */
export function introduction(prediction: Prediction, language: Language): string[] {
  const said = whatIfWords[language];
  const { policy, asOf, base, revenueDays, present, rollout, genesis } = prediction;
  const revenue = `${groupedMoney(base.revenueMinor, genesis.baseCurrencyDigits)} ${genesis.baseCurrency}`;
  const named = ({ policy: followed, slices }: FollowedPolicy): string => {
    const version = said.version(followed.policyId, followed.version);
    return present.length === 1 ? version : said.inSlices(version, slices);
  };
  const lines = [
    said.title(
      titled(policy.policyId, policy.title, words[language]),
      policy.version,
      asOf === null ? null : formatDay(asOf),
    ),
    said.base(grouped(base.customers), revenue, revenueDays),
    present.length === 0 ? said.noPresent : said.present(present.map(named)),
  ];
  if (rollout !== null) {
    const { action, version, mode, following } = rollout;
    lines.push(
      action === 'rollback'
        ? said.rollback(version)
        : said.rollout(version, said.modes[mode], following, genesis.slices),
    );
  }
  return lines;
}

/** The title of a tier in the policy, else in the present one. */
export function tierNamer({ after, before }: ProgramPrediction, said: WhatIfWords, words: Words) {
  const titleIn = (tier: string) =>
    [after, before]
      .map(program => program?.tiers.find(({ name }) => name === tier)?.title)
      .find(title => title != null);
  return (tier: string | null): string => (tier === null ? said.none : titleOf(tier, titleIn(tier), words));
}

function describeProgram(
  prediction: Prediction,
  program: ProgramPrediction,
  said: WhatIfWords,
  words: Words,
): string[] {
  const { name, after, before, notifications, cost, cells } = program;
  const { baseCurrency, baseCurrencyDigits: digits } = prediction.genesis;
  const title = titled(name, (after ?? before)?.title, words);
  const status = after === null ? ` (${said.endedProgram})` : before === null ? ` (${said.newProgram})` : '';
  const named = tierNamer(program, said, words);
  const section = (what: string): string => heading(`${title}${status} — ${what}`);
  const money = (minor: number | null): string => (minor === null ? '' : groupedMoney(minor, digits));
  const lines = [section(said.migration), matrix(program, named, said)];
  const told = Object.entries(notifications).filter(([, count]) => count > 0);
  if (cells.every(({ from, to }) => from === to)) lines.push(said.nobodyMoves);
  else lines.push(section(said.whoMoves), whoMoves(prediction, program, money, said));
  if (program.topLosers.length > 0) {
    lines.push(
      section(said.topLosers),
      table(
        [said.customer, said.from, said.to, `${said.revenue(prediction.revenueDays)}, ${baseCurrency}`],
        program.topLosers.map(({ customerId, from, to, revenueMinor }) => [
          customerId,
          named(from),
          named(to),
          money(revenueMinor),
        ]),
      ),
    );
  }
  if (told.length > 0) {
    const rows = told.map(([kind, count]) => [
      said.notificationKinds[kind as keyof typeof notifications],
      grouped(count),
    ]);
    lines.push(section(said.notifications), table(['', said.count], rows));
  }
  if (cost !== null) {
    const rows = cost.tiers.map(each => [named(each.tier), money(each.beforeMinor), money(each.afterMinor)]);
    rows.push([said.total, money(cost.beforeMinor), money(cost.afterMinor)]);
    lines.push(
      section(said.playbooks),
      table([said.tier, `${said.before}, ${baseCurrency}`, `${said.after}, ${baseCurrency}`], rows),
    );
  }
  if (before?.population != null || after?.population != null) {
    lines.push(section(said.cuts), cuts(program, said));
  }
  return lines;
}

function matrix(program: ProgramPrediction, named: (tier: string | null) => string, said: WhatIfWords): string {
  const { tiers, cells } = program;
  const [rows, columns] = (['from', 'to'] as const).map(side => {
    const counted = customersBy(side, program);
    return counted.has(null) ? [...tiers, null] : [...tiers];
  }) as [(string | null)[], (string | null)[]];
  return table(
    [said.fromTo, ...columns.map(named)],
    rows.map(from => [
      named(from),
      ...columns.map(to => {
        const cell = cells.find(candidate => candidate.from === from && candidate.to === to);
        return cell === undefined ? '' : grouped(cell.customers);
      }),
    ]),
  );
}

function whoMoves(
  { base, revenueDays, genesis }: Prediction,
  { cells, moved }: ProgramPrediction,
  money: (minor: number) => string,
  said: WhatIfWords,
): string {
  const stays = { customers: 0, revenueMinor: 0 };
  for (const { from, to, customers, revenueMinor } of cells) {
    if (from !== to) continue;
    stays.customers += customers;
    stays.revenueMinor += revenueMinor;
  }
  const row = (what: string, { customers, revenueMinor }: Group): string[] => [
    what,
    grouped(customers),
    percentOf(customers, base.customers),
    money(revenueMinor),
    percentOf(revenueMinor, base.revenueMinor),
  ];
  return table(
    ['', said.customers, said.share, `${said.revenue(revenueDays)}, ${genesis.baseCurrency}`, said.share],
    [
      ...directionsTold
        .filter(direction => moved[direction].customers > 0)
        .map(direction => row(said.directions[direction], moved[direction])),
      row(said.stays, stays),
    ],
  );
}

function cuts({ before, after }: ProgramPrediction, said: WhatIfWords): string {
  const axes = new Set([before, after].flatMap(program => program?.population?.axes.map(({ axis }) => axis) ?? []));
  const of = (program: Program | null, axis: string): string =>
    program?.population?.axes.find(each => each.axis === axis)?.cuts.join(said.listSeparator) ?? '';
  const source = (program: Program | null): string => {
    if (program?.population == null) return '';
    const { calibrated } = program.population;
    return calibrated === null ? said.fixedCuts : said.cutsOf(formatDay(calibrated.day), grouped(calibrated.size));
  };
  return table(
    ['', said.before, said.after],
    [
      ...[...axes].map(axis => [said.axes[axis], of(before, axis), of(after, axis)]),
      ['', source(before), source(after)],
    ],
  );
}
