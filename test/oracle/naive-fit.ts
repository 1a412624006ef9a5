/** Which tier the numbers of a day give, for every classifier, straight from the document. */
import type {
  MatrixAxisDocument,
  ProgramDocument,
  RfmDocument,
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
        const measure = `${this.name}.score`;
        return ask({ measure, ...this.scores.get(measure)!, operator: '>=', threshold: tier!.from });
      }
      case 'matrix': {
        if (tier!.at === undefined) return true;
        const { value, potential } = document.axes!;
        const onValue = isAt(value, tier!.at[0], numbers, ask);
        return isAt(potential, tier!.at[1], numbers, ask) && onValue;
      }
      case 'rfm': {
        const pattern = tierNames(document)[position]!.slice('rfm.'.length);
        return axesOf(document.rfm!)
          .map(([letter, axis, better], index) => {
            const isHigh = pattern[index] === '1';
            if ('cuts' in axis) {
              const measure = `${this.name}.${letter}`;
              const operator = isHigh ? '>=' : '<';
              return ask({ measure, ...this.scores.get(measure)!, operator, threshold: String(axis.highFrom) });
            }
            const { measure, mean: threshold } = axis;
            const [value, digits] = [numbers.valueOf(measure), numbers.digitsOf(measure)];
            const operator = better === 'more' ? (isHigh ? '>=' : '<') : isHigh ? '<=' : '>';
            return ask({ measure, value, digits, operator, threshold });
          })
          .every(Boolean);
      }
      case 'pyramid': {
        const { share, from, when } = tier!;
        const isAmong = when === undefined || holds(when, numbers, ask);
        if (share === undefined) return isAmong;
        const { among } = document.population ?? {};
        const isRanked = among === undefined || holds(among, numbers, ask);
        const { measure } = document.pyramid!;
        const [value, digits] = [numbers.valueOf(measure), numbers.digitsOf(measure)];
        // The last of those that make the whole has no cut: it takes whoever is ranked.
        const isReached = from === undefined || ask({ measure, value, digits, operator: '>=', threshold: from });
        return isAmong && isRanked && isReached;
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

  /** What the program makes of the measures for itself: a scorecard's score, the scores of RFM. */
  get scores(): ReadonlyMap<string, { readonly value: Fraction | null; readonly digits: number }> {
    const { scorecard, rfm, by } = this.document;
    const scores = new Map<string, { value: Fraction | null; digits: number }>();
    if (by === 'scorecard') {
      scores.set(`${this.name}.score`, { value: scoreOf(scorecard!, this.numbers), digits: 2 });
    }
    for (const [letter, axis, better] of by === 'rfm' ? axesOf(rfm!) : []) {
      if (!('cuts' in axis)) continue;
      const value = this.numbers.valueOf(axis.measure);
      const score = isFraction(value) ? scoreAmong(value, better, axis.cuts) : null;
      scores.set(`${this.name}.${letter}`, { value: score, digits: 0 });
    }
    return scores;
  }

  /** A measure that decides is missing. */
  get isIncomplete(): boolean {
    const positions = [...tierNames(this.document).keys()];
    return positions.some(position => this.measuresOf(position).some(name => this.numbers.valueOf(name) === null));
  }

  /** Names of the measures that the tier's demands are about. */
  measuresOf(position: number): readonly string[] {
    const { scorecard, rfm, by } = this.document;
    if (by === 'scorecard') return scorecard!.map(({ measure }) => measure);
    if (by === 'rfm') return axesOf(rfm!).map(([, { measure }]) => measure);
    const names: string[] = [];
    this.answers(position, ({ measure }) => names.push(measure) > 0);
    return names;
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

/** High is at least the boundary, for recency at most; low is what is there and not high. */
function axesOf({ recency, frequency, monetary }: RfmDocument) {
  return [
    ['r', recency, 'less'],
    ['f', frequency, 'more'],
    ['m', monetary, 'more'],
  ] as const;
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
