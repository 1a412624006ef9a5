/** Who moved between the tiers, for machines. */
import { formatDecimal } from '@tierflow/customer/decimal';
import { formatDay } from '@tierflow/customer/epoch-day';
import type { LogOpened } from '@tierflow/customer/events';
import type { ProgramFlow, TierFlow } from './flow-between.ts';
import type { Flow } from './read-flow.ts';

type Genesis = Pick<LogOpened, 'namespace' | 'baseCurrency' | 'baseCurrencyDigits'>;

/** Money and means are decimal strings. */
export function flowJson(flow: Flow, only: string | null, genesis: Genesis) {
  const { fromDay, toDay, firstDay, isOpen, programs, days } = flow;
  const told = (of: readonly ProgramFlow[]) =>
    Object.fromEntries(
      of
        .filter(({ program }) => only === null || program === only)
        .map(({ program, tiers, moves, directions }) => [
          program,
          { tiers: Object.fromEntries(tiers.map(tier => [tier.tier, tierJson(tier, genesis)])), moves, directions },
        ]),
    );
  return {
    namespace: genesis.namespace,
    from: formatDay(fromDay),
    to: formatDay(toDay),
    firstDay: formatDay(firstDay),
    isOpen,
    currency: genesis.baseCurrency,
    programs: told(programs),
    ...(days === null
      ? {}
      : { days: days.map(({ day, programs: ofDay }) => ({ day: formatDay(day), programs: told(ofDay) })) }),
  };
}

function tierJson({ tier: _, spendMinor, satisfactionHundredths, ...counts }: TierFlow, genesis: Genesis) {
  return {
    ...counts,
    netSpend: formatDecimal(spendMinor, genesis.baseCurrencyDigits),
    satisfaction: satisfactionHundredths === null ? null : formatDecimal(satisfactionHundredths, 2),
  };
}
