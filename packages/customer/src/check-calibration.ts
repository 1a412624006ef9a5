/** Whether cuts that are in force fit the policy: each program they are of, with all of its axes. */
import type { ThresholdsCalibrated } from './events.ts';
import type { Program, Ranking } from './policy.ts';
import type { PolicyDocument } from './policy-document.ts';
import type { PolicyReport } from './policy-report.ts';
import { topShares } from './population/top-shares.ts';

export function checkCalibration(
  calibrated: ThresholdsCalibrated,
  document: PolicyDocument,
  programs: readonly Program[],
  rankings: ReadonlyMap<string, Ranking>,
  report: PolicyReport,
): void {
  const refuse = (path: readonly string[], message: string): void =>
    report.add(path, 'badPopulation', message, 'Take the cuts from the population of this version.');
  if (calibrated.policyId !== document.policy || calibrated.policyVersion !== document.version) {
    refuse(['version'], `The cuts are those of ${calibrated.policyId} version ${calibrated.policyVersion}.`);
  }
  const seen = new Set<string>();
  for (const { program: name, axes } of calibrated.programs) {
    const path = ['programs', name];
    const population = programs.find(program => program.name === name)?.population;
    if (population == null) {
      refuse(path, `There are cuts for ${name}, which is no program that follows its population.`);
      continue;
    }
    if (seen.has(name)) refuse(path, `There are cuts for ${name} twice.`);
    seen.add(name);
    const shape = (cut: readonly { readonly axis: string; readonly cuts: readonly string[] }[]): string =>
      cut.map(({ axis, cuts }) => `${axis} (${cuts.length})`).join(', ');
    if (shape(axes) === shape(population.axes)) continue;
    refuse(path, `There are cuts for ${shape(axes) || 'no axis'} of ${name}, and it has ${shape(population.axes)}.`);
  }
  for (const { ranking, topValues } of calibrated.rankings) {
    if (!rankings.has(ranking)) refuse([], `There are values of the ranking ${ranking}, which is not kept.`);
    if (topValues.length === topShares.length) continue;
    refuse([], `There are ${topValues.length} values of the ranking ${ranking}, not ${topShares.length}.`);
  }
}
