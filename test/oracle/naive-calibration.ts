/** Programs whose cuts follow the population: what of a document a calibration replaces. */
import type { PopulationAxis, ThresholdsCalibrated } from '@tierflow/customer/events';
import type {
  ConditionsDocument,
  PolicyDocument,
  ProgramDocument,
  RfmAxisDocument,
} from '@tierflow/customer/policy-document';

/** What ranks the customers of a program, and the cuts as they are written. */
export interface NaiveAxis {
  readonly axis: PopulationAxis;
  readonly measure: string;
  readonly among: ConditionsDocument | undefined;
  readonly cuts: readonly string[];
}

const rfmAxes = ['recency', 'frequency', 'monetary'] as const;

/** Empty: the program's cuts are fixed. */
export function axesOf({ by, tiers, pyramid, rfm, population }: ProgramDocument): readonly NaiveAxis[] {
  const among = population?.among;
  if (by === 'pyramid') {
    const cuts = tiers!.filter(({ from }) => from !== undefined).map(({ from }) => from!);
    return [{ axis: 'value', measure: pyramid!.measure, among, cuts }];
  }
  if (by !== 'rfm' || population === undefined) return [];
  return rfmAxes.map(axis => ({ axis, measure: rfm![axis].measure, among, cuts: cutsOf(rfm![axis]) }));
}

function cutsOf(axis: RfmAxisDocument): readonly string[] {
  return 'cuts' in axis ? axis.cuts : [axis.mean];
}

/** Whether the document has a place for every cut: of a program all of its axes. */
export function fits(document: PolicyDocument, { programs }: ThresholdsCalibrated): boolean {
  const shapeOf = (axes: readonly { readonly axis: string; readonly cuts: readonly string[] }[]): string =>
    JSON.stringify(axes.map(({ axis, cuts }) => [axis, cuts.length]));
  return programs.every(({ program, axes }) => {
    const written = axesOf(document.programs[program] ?? { kind: 'segment' });
    const areNumbers = axes.every(({ cuts }) => cuts.every(cut => /^-?\d+(\.\d+)?$/.test(cut)));
    return written.length > 0 && areNumbers && shapeOf(axes) === shapeOf(written);
  });
}

export function withCuts(document: PolicyDocument, calibrated: ThresholdsCalibrated): PolicyDocument {
  const programs = Object.entries(document.programs).map(([name, program]) => {
    const found = calibrated.programs.find(one => one.program === name);
    if (found === undefined) return [name, program];
    const cutsOfAxis = new Map(found.axes.map(({ axis, cuts }) => [axis, [...cuts]]));
    return [name, program.by === 'pyramid' ? ofPyramid(program, cutsOfAxis) : ofRfm(program, cutsOfAxis)];
  });
  return { ...document, programs: Object.fromEntries(programs) };
}

type CutsOfAxis = ReadonlyMap<PopulationAxis, string[]>;

function ofPyramid(program: ProgramDocument, cuts: CutsOfAxis): ProgramDocument {
  const left = cuts.get('value')!;
  return {
    ...program,
    tiers: program.tiers!.map(tier => (tier.from === undefined ? tier : { ...tier, from: left.shift()! })),
  };
}

function ofRfm(program: ProgramDocument, cuts: CutsOfAxis): ProgramDocument {
  const rfm = { ...program.rfm! };
  for (const axis of rfmAxes) {
    const of = cuts.get(axis);
    if (of === undefined) continue;
    rfm[axis] = 'cuts' in rfm[axis] ? { ...rfm[axis], cuts: of } : { ...rfm[axis], mean: of[0]! };
  }
  return { ...program, rfm };
}
