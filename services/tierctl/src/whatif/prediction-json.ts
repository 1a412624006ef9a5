/** A prediction for machines. Money is a decimal text in the base currency. */
import { formatDecimal } from '@tierflow/customer/decimal';
import { formatDay } from '@tierflow/customer/epoch-day';
import type { Program } from '@tierflow/customer/policy';
import type { Group } from './migration.ts';
import { customersBy, type Prediction, type ProgramPrediction } from './prediction.ts';

export type PredictionJson = ReturnType<typeof predictionJson>;

export function predictionJson(prediction: Prediction) {
  const { genesis, asOf, candidate, present, rollout, base, revenueDays, programs } = prediction;
  const { policyId, version, hash } = candidate;
  const money = (minor: number): string => formatDecimal(minor, genesis.baseCurrencyDigits);
  const group = ({ customers, revenueMinor }: Group) => ({ customers, revenue: money(revenueMinor) });
  return {
    asOf: asOf === null ? null : formatDay(asOf),
    policy: { policyId, version, hash },
    present: present.map(({ policy, hash: of, slices }) => ({
      policyId: policy.policyId,
      version: policy.version,
      hash: of,
      calibration: policy.calibration,
      slices,
    })),
    rollout,
    currency: genesis.baseCurrency,
    revenueDays,
    base: group(base),
    programs: Object.fromEntries(programs.map(program => [program.name, programJson(program, money, group)])),
  };
}

function programJson(
  program: ProgramPrediction,
  money: (minor: number) => string,
  group: (group: Group) => { readonly customers: number; readonly revenue: string },
) {
  const { before, after, tiers, cells, moved, topLosers, notifications, cost } = program;
  const order = [...tiers, null];
  const rank = ({ from, to }: { readonly from: string | null; readonly to: string | null }): number =>
    order.indexOf(from) * order.length + order.indexOf(to);
  const population = (side: 'from' | 'to') => {
    const counts = customersBy(side, program);
    return Object.fromEntries(tiers.map(tier => [tier, counts.get(tier) ?? 0]));
  };
  const { up, down, across, first, end } = moved;
  const moneyOrNull = (minor: number | null) => (minor === null ? null : money(minor));
  return {
    population: { before: population('from'), after: population('to') },
    matrix: cells.toSorted((a, b) => rank(a) - rank(b)).map(cell => ({ from: cell.from, to: cell.to, ...group(cell) })),
    winners: group(up),
    losers: group(down),
    across: group(across),
    first: group(first),
    end: group(end),
    topLosers: topLosers.map(({ customerId, from, to, revenueMinor }) => ({
      customerId,
      from,
      to,
      revenue: money(revenueMinor),
    })),
    notifications,
    playbookCost:
      cost === null
        ? null
        : {
            before: moneyOrNull(cost.beforeMinor),
            after: moneyOrNull(cost.afterMinor),
            tiers: cost.tiers.map(({ tier, beforeMinor, afterMinor }) => ({
              tier,
              before: moneyOrNull(beforeMinor),
              after: moneyOrNull(afterMinor),
            })),
          },
    cuts:
      before?.population == null && after?.population == null ? null : { before: cutsOf(before), after: cutsOf(after) },
  };
}

/** null: not of the population. `calibrated` of null: as written. */
function cutsOf(program: Program | null) {
  if (program?.population == null) return null;
  const { calibrated, axes } = program.population;
  return {
    calibrated: calibrated === null ? null : { asOf: formatDay(calibrated.day), of: calibrated.size },
    axes: Object.fromEntries(axes.map(({ axis, cuts }) => [axis, cuts])),
  };
}
