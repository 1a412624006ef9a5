/** A policy's document with the cuts that were taken from its population, in place of those that it is written with. */
import type { CalibratedAxis, ThresholdsCalibrated } from './events.ts';
import type { PolicyDocument, ProgramDocument, RfmAxisDocument } from './policy-document.ts';

/** Of programs that the calibration does not list the written cuts stay. It fits the document, as `compilePolicy` checks. */
export function withCuts(document: PolicyDocument, { programs: listed }: ThresholdsCalibrated): PolicyDocument {
  const programs = { ...document.programs };
  for (const { program: name, axes } of listed) {
    if (Object.hasOwn(programs, name)) programs[name] = programWithCuts(programs[name]!, axes);
  }
  return { ...document, programs };
}

function programWithCuts(program: ProgramDocument, axes: readonly CalibratedAxis[]): ProgramDocument {
  let result = program;
  for (const { axis, cuts } of axes) {
    if (axis === 'value') {
      const tiers = result.tiers?.map((tier, index) => (index < cuts.length ? { ...tier, from: cuts[index]! } : tier));
      result = { ...result, tiers };
    } else if (result.rfm !== undefined) {
      result = { ...result, rfm: { ...result.rfm, [axis]: axisWithCuts(result.rfm[axis], cuts) } };
    }
  }
  return result;
}

function axisWithCuts(document: RfmAxisDocument, cuts: readonly string[]): RfmAxisDocument {
  return 'cuts' in document ? { ...document, cuts } : { ...document, mean: cuts[0]! };
}
