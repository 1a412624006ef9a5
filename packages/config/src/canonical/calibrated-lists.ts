/** The lists within a record of calibrated cuts, as a line of an exported log has them: nothing less, and nothing more. */
import type { CalibratedAxis, CalibratedProgram, CalibratedRanking, PopulationAxis } from '@tierflow/customer/events';

type Check = (value: unknown) => boolean;
type ChecksOf<T> = { readonly [F in keyof T]: Check };

const axes: readonly PopulationAxis[] = ['value', 'recency', 'frequency', 'monetary'];

const isText: Check = value => typeof value === 'string';
const isCount: Check = value => typeof value === 'number';
const listOf =
  (isItem: Check): Check =>
  value =>
    Array.isArray(value) && value.every(isItem);
const recordOf =
  <T>(checks: ChecksOf<T>): Check =>
  value => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const fields = Object.entries(checks) as [string, Check][];
    if (Object.keys(value).length !== fields.length) return false;
    return fields.every(([field, isValid]) => isValid((value as Readonly<Record<string, unknown>>)[field]));
  };

const isAxis = recordOf<CalibratedAxis>({
  axis: value => axes.includes(value as PopulationAxis),
  cuts: listOf(isText),
});

export const isCalibratedPrograms = listOf(
  recordOf<CalibratedProgram>({ program: isText, size: isCount, axes: listOf(isAxis) }),
);
export const isCalibratedRankings = listOf(
  recordOf<CalibratedRanking>({ ranking: isText, size: isCount, topValues: listOf(isCount) }),
);
