/** Which tier the numbers of a day give, for every classifier, straight from the document. */
import type {
  MatrixAxisDocument,
  ProgramDocument,
  RfmAxisDocument,
  ScorecardPartDocument,
} from '@tierflow/customer/policy-document';
import {
  type Ask,
  decimal,
  holds,
  isFraction,
  isMet,
  isMetEased,
  type Numbers,
  questionOf,
} from './naive-conditions.ts';
import type { Fraction } from './naive-customer.ts';

const rfmTiers = ['111', '110', '101', '100', '011', '010', '001', '000'].map(pattern => `rfm.${pattern}`);

/** Names of the tiers in order of precedence. */
export function tierNames({ tiers }: ProgramDocument): readonly string[] {
  return tiers?.map(({ tier }) => tier) ?? rfmTiers;
}

/** The numbers of a day against the tiers of one program. */
export class NaiveFit {
  private readonly name: string;
  private readonly document: ProgramDocument;
  private readonly numbers: Numbers;

  constructor(name: string, document: ProgramDocument, numbers: Numbers) {
    this.name = name;
    this.document = document;
    this.numbers = numbers;
  }

  /** Position of the first tier that fits; −1: none. */
  get position(): number {
    return tierNames(this.document).findIndex((_, position) => this.reaches(position));
  }

  reaches(position: number): boolean {
    return this.answers(position, isMet);
  }

  keeps(position: number): boolean {
    return this.answers(position, isMetEased(this.document.hysteresisPercent ?? 0));
  }

  /** Whether the tier's demands are met, where each comparison is answered by `ask`. */
  answers(position: number, ask: Ask): boolean {
    const { numbers, document } = this;
    const tier = document.tiers?.[position];
    switch (document.by ?? 'thresholds') {
      case 'scorecard': {
        if (tier!.from === undefined) return true;
        const value = scoreOf(document.scorecard!, numbers);
        return ask({ measure: `${this.name}.score`, value, digits: 2, operator: '>=', threshold: tier!.from });
      }
      case 'matrix': {
        if (tier!.at === undefined) return true;
        const { value, potential } = document.axes!;
        const onValue = isAt(value, tier!.at[0], numbers, ask);
        return isAt(potential, tier!.at[1], numbers, ask) && onValue;
      }
      case 'rfm': {
        const { recency, frequency, monetary } = document.rfm!;
        const pattern = tierNames(document)[position]!.slice('rfm.'.length);
        const axes = [isOnSide(recency, 'less', pattern[0] === '1', numbers, ask)];
        axes.push(isOnSide(frequency, 'more', pattern[1] === '1', numbers, ask));
        axes.push(isOnSide(monetary, 'more', pattern[2] === '1', numbers, ask));
        return axes.every(Boolean);
      }
      case 'exit': {
        const { when, vetoes = [], reentry } = document.exit!;
        const asked = [when, { any: vetoes }, ...(reentry === undefined ? [] : [reentry])];
        return asked.map(conditions => holds(conditions, numbers, ask)).every(Boolean);
      }
      case 'thresholds':
        return tier!.when === undefined || holds(tier!.when, numbers, ask);
    }
  }

  /** A measure that decides is missing. */
  get isIncomplete(): boolean {
    const { scorecard, by } = this.document;
    if (by === 'scorecard') return scorecard!.some(({ measure }) => this.numbers.valueOf(measure) === null);
    let isIncomplete = false;
    const look: Ask = ({ value }) => {
      isIncomplete ||= value === null;
      return true;
    };
    for (const position of tierNames(this.document).keys()) this.answers(position, look);
    return isIncomplete;
  }
}

/** The mean of the parts' points, weighted. The last line that fits counts. */
function scoreOf(parts: readonly ScorecardPartDocument[], numbers: Numbers): Fraction {
  let numerator = 0n;
  let denominator = 0n;
  for (const { measure, weight, points } of parts) {
    const line = points.filter(({ when }) => isMet(questionOf(`${measure} ${when}`, numbers))).at(-1);
    numerator += BigInt(weight) * BigInt(line?.points ?? 0);
    denominator += BigInt(weight);
  }
  return { numerator, denominator };
}

/** From the level's own cut on and below the next one's. */
function isAt({ measure, levels, cuts }: MatrixAxisDocument, level: string, numbers: Numbers, ask: Ask): boolean {
  if (level === 'any') return true;
  const index = levels.indexOf(level);
  const value = numbers.valueOf(measure);
  const digits = numbers.digitsOf(measure);
  const [from, below] = [cuts[index - 1], cuts[index]];
  const isFrom = from === undefined || ask({ measure, value, digits, operator: '>=', threshold: from });
  return (below === undefined || ask({ measure, value, digits, operator: '<', threshold: below })) && isFrom;
}

/** High is at least (or at most) the boundary; low is what is there and not high. */
function isOnSide(
  axis: RfmAxisDocument,
  better: 'more' | 'less',
  isHigh: boolean,
  numbers: Numbers,
  ask: Ask,
): boolean {
  const { measure } = axis;
  const value = numbers.valueOf(measure);
  const digits = numbers.digitsOf(measure);
  if ('mean' in axis) {
    const operator = better === 'more' ? (isHigh ? '>=' : '<') : isHigh ? '<=' : '>';
    return ask({ measure, value, digits, operator, threshold: axis.mean });
  }
  const score = isFraction(value) ? scoreAmong(value, better, axis.cuts) : null;
  const operator = isHigh ? '>=' : '<';
  return ask({ measure: `${measure}.score`, value: score, digits: 0, operator, threshold: String(axis.highFrom) });
}

/** 1 + the cuts that are reached. */
export function scoreAmong(value: Fraction, better: 'more' | 'less', cuts: readonly string[]): Fraction {
  const reached = cuts.filter(cut => {
    const { numerator, denominator } = decimal(cut);
    const difference = value.numerator * denominator - numerator * value.denominator;
    return better === 'more' ? difference >= 0n : difference <= 0n;
  });
  return { numerator: BigInt(1 + reached.length), denominator: 1n };
}
