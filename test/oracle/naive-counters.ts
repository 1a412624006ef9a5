/** What is counted: flows and stock of tiers, what customers in a tier bring, and all of it as a business day ends. */
import type { EpochDay, Fact } from '@tierflow/customer/events';
import { half } from './naive-customer.ts';
import type { NaiveNews } from './naive-evaluation.ts';

type Table = Map<string, number>;

function add(table: Table, key: string, by: number): void {
  table.set(key, (table.get(key) ?? 0) + by);
}

const closedDaysMax = 400;

export class NaiveCounters {
  readonly flow: Table = new Map();
  readonly stock: Table = new Map();
  readonly headline: Table = new Map();
  readonly closings = new Map<EpochDay, unknown>();

  tell(news: NaiveNews): void {
    if (news.type !== 'TierChanged' || news.program === '*') return;
    const { program, from, to, cause } = news;
    add(this.flow, `${program}|${from ?? 'none'}|${to ?? 'none'}|${cause}`, 1);
    if (from !== null) add(this.stock, `${program}|${from}`, -1);
    if (to !== null) add(this.stock, `${program}|${to}`, 1);
  }

  /** By the tiers that the customer is in once the fact has been judged. */
  brought(fact: Fact, standings: ReadonlyMap<string, { readonly tier: string | null }>): void {
    for (const [program, { tier }] of standings) {
      if (tier === null) continue;
      const count = (what: string, by: number) => add(this.headline, `${program}|${tier}|${what}`, by);
      if (fact.type === 'PurchaseRecorded') {
        count('orders', 1);
        count('spendMinor', fact.amountBaseMinor);
      }
      if (fact.type === 'PurchaseRefunded') count('spendMinor', -fact.amountBaseMinor);
      if (fact.type === 'FeedbackReceived') {
        count('feedbacks', 1);
        count('scoreHundredths', Number(half(BigInt(fact.scoreHundredths) * 10_000n, BigInt(fact.scaleHundredths))));
      }
    }
  }

  /** A day begins after others, the last one of which had begun on `logDay`. */
  close(logDay: EpochDay, day: EpochDay): void {
    const closed = Object.fromEntries(
      (['flow', 'stock', 'headline'] as const).map(table => [table, Object.fromEntries(this[table])]),
    );
    for (let past = Math.max(logDay, day - closedDaysMax); past < day; past++) this.closings.set(past, closed);
  }
}
