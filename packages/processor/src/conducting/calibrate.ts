/**
 * Takes the cuts of a policy from its population. Nothing is published while all of them are where they were, within the
 * dead band; but once one is published the record says all cuts that hold, so that the latest record alone is enough.
 */
import type {
  CalibratedAxis,
  CalibratedProgram,
  CalibratedRanking,
  EpochDay,
  ThresholdsCalibrated,
} from '@tierflow/customer/events';
import type { Policy } from '@tierflow/customer/policy';
import { cutRanksOf, cutsOf } from '@tierflow/customer/population/calibration';
import type { RankIndexes } from '../ports.ts';
import { hasMoved } from './dead-band.ts';
import { valuesAt } from './order-search.ts';
import { type SurveyedProgram, surveyPrograms } from './shortfall.ts';
import { topRanks } from './top-values.ts';

export interface Circumstances {
  /** The log day. */
  readonly day: EpochDay;
  /** Business days since the log began, both ends included. */
  readonly historyDays: number;
  /** The version's latest calibration; null: its cuts are as written. */
  readonly former: ThresholdsCalibrated | null;
}

/** null: nothing is to be published. */
export async function calibrate(
  indexes: RankIndexes,
  policy: Policy,
  { day, historyDays, former }: Circumstances,
): Promise<ThresholdsCalibrated | null> {
  const programs: CalibratedProgram[] = [];
  let isNews = false;
  for (const surveyed of await surveyPrograms(indexes, policy, historyDays)) {
    const before = former?.programs.find(({ program }) => program === surveyed.program) ?? null;
    if (surveyed.shortfall !== null) {
      isNews ||= before !== null;
      continue;
    }
    const taken = await takeCuts(indexes, surveyed, day);
    const moved = before === null || axesMoved(taken, before, surveyed.population.deadBandPercent);
    isNews ||= moved;
    programs.push(moved ? taken : { ...taken, axes: before.axes });
  }
  if (!isNews) return null;
  return {
    type: 'ThresholdsCalibrated',
    policyId: policy.policyId,
    policyVersion: policy.version,
    calibration: (former?.calibration ?? 0) + 1,
    day,
    programs,
    rankings: await takeTopValues(indexes, policy),
  };
}

async function takeCuts(
  indexes: RankIndexes,
  { program, population, sizes, size }: SurveyedProgram,
  day: EpochDay,
): Promise<CalibratedProgram> {
  const axes: CalibratedAxis[] = [];
  for (const axis of population.axes) {
    const { ranking, method } = axis;
    const ranked = sizes.get(ranking)!;
    const values = await valuesAt(indexes, ranking, cutRanksOf(axis, ranked));
    const sum = method.kind === 'mean' ? await indexes.sum(ranking) : 0n;
    axes.push({ axis: axis.axis, cuts: cutsOf(axis, { size: ranked, valueAt: rank => values.get(rank)!, sum }, day) });
  }
  return { program, size, axes };
}

function axesMoved(taken: CalibratedProgram, before: CalibratedProgram, deadBandPercent: number): boolean {
  return taken.axes.some(({ axis, cuts }) => {
    const former = before.axes.find(other => other.axis === axis);
    return former === undefined || hasMoved(cuts, former.cuts, deadBandPercent);
  });
}

/** A ranking that nobody is in says nothing of anybody. */
async function takeTopValues(indexes: RankIndexes, policy: Policy): Promise<CalibratedRanking[]> {
  const rankings: CalibratedRanking[] = [];
  for (const ranking of policy.rankings.slice(0, policy.ownRankings)) {
    const size = await indexes.size(ranking.key);
    if (size === 0) continue;
    const ranks = topRanks(ranking, size);
    const values = await valuesAt(indexes, ranking.key, ranks);
    rankings.push({ ranking: ranking.key, size, topValues: ranks.map(rank => values.get(rank)!) });
  }
  return rankings;
}
