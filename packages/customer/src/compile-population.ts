/** How a program's cuts follow the population: its axes, and when a new cut is worth publishing. */
import type { Pyramid } from './compile-pyramid.ts';
import type { PopulationAxis } from './events.ts';
import type { CutAxis, ProgramPopulation, Ranking } from './policy.ts';
import type { ProgramDocument, RfmAxisDocument } from './policy-document.ts';
import { limits, type Path } from './policy-report.ts';
import type { ProgramScope } from './program-scope.ts';
import type { ProgramRankings } from './rankings.ts';

const customersMost = 1_000_000_000;

/** The program follows its population. */
export function compilePopulation(
  name: string,
  program: ProgramDocument,
  { byAxis }: ProgramRankings,
  pyramid: Pyramid | null,
  path: Path,
  scope: ProgramScope,
): ProgramPopulation {
  const { report, calibrated } = scope;
  const { scores, deadBandPercent = 1, minCustomers = 500, minDays = 180 } = program.population ?? {};
  const at = [...path, 'population'];
  report.checkWhole([...at, 'deadBandPercent'], 'badPopulation', deadBandPercent, 0, 100);
  report.checkWhole([...at, 'minCustomers'], 'badPopulation', minCustomers, 1, customersMost);
  report.checkWhole([...at, 'minDays'], 'badPopulation', minDays, 0, limits.days);
  if (scores !== undefined) checkScores(program, scores, [...at, 'scores'], scope);

  const axes: CutAxis[] = [];
  for (const [axis, ranking] of byAxis) {
    if (axis === 'value') {
      const { cumulativeShares, cuts } = pyramid!;
      axes.push(axisOf(axis, ranking, { kind: 'shares', cumulativeShares }, cuts));
      continue;
    }
    const document = program.rfm![axis];
    axes.push(
      axisOf(axis, ranking, methodOf(document, scores, ranking), 'cuts' in document ? document.cuts : [document.mean]),
    );
  }
  const own = calibrated?.programs.find(({ program: listed }) => listed === name);
  return {
    axes,
    deadBandPercent,
    minCustomers,
    minDays,
    calibrated: own === undefined ? null : { day: calibrated!.day, size: own.size },
  };
}

function checkScores(program: ProgramDocument, scores: unknown, path: Path, { report }: ProgramScope): void {
  const { rfm } = program;
  if (rfm === undefined || !Object.values(rfm).some(axis => 'cuts' in axis)) {
    const message = 'scores says how the four cuts of an axis are found, and no axis here has cuts.';
    report.add(path, 'misplaced', message, 'Remove scores.');
    return;
  }
  report.checkChoice(path, 'badPopulation', scores, ['ties', 'type7']);
}

function axisOf(
  axis: PopulationAxis,
  { key, better, scope, position }: Ranking,
  method: CutAxis['method'],
  cuts: readonly string[],
): CutAxis {
  return { axis, ranking: key, better, digits: scope.measures[position]!.digits, method, cuts };
}

function methodOf(
  document: RfmAxisDocument,
  scores: 'ties' | 'type7' = 'ties',
  { scope, position }: Ranking,
): CutAxis['method'] {
  if (!('cuts' in document)) return { kind: 'mean' };
  if (scores === 'ties') return { kind: 'ties' };
  // One unit of the measure as people write it: of money a pound, not a penny.
  return { kind: 'type7', unit: 10 ** scope.measures[position]!.digits };
}
