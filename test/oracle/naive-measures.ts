/** All measures of a policy for one customer, each from scratch for the end of a day, and as a view shows them. */
import type { FactMeasureDocument, MeasureDocument } from '@tierflow/customer/policy-document';
import { type AcceptedFact, attributesOf, type Fraction, half, measureOn, type NaiveValue } from './naive-customer.ts';
import { calculate, type NaiveResult } from './naive-expression.ts';

export class NaiveMeasures {
  private readonly facts: readonly AcceptedFact[];
  private readonly documents: Readonly<Record<string, MeasureDocument>>;
  private readonly moneyDigits: number;

  constructor(
    facts: readonly AcceptedFact[],
    documents: Readonly<Record<string, MeasureDocument>>,
    moneyDigits: number,
  ) {
    this.facts = facts;
    this.documents = documents;
    this.moneyDigits = moneyDigits;
  }

  valueOf(name: string, asOf: number): NaiveValue {
    const document = this.documents[name]!;
    switch (document.op) {
      case 'attribute':
        return this.attribute(document.attribute, document.type, document.digits ?? 2);
      case 'score': {
        const value = this.valueOf(document.measure, asOf) as Fraction | null;
        if (value === null) return null;
        const reached = document.cuts.filter(cut => {
          const difference = minus(value, decimal(cut));
          return document.better === 'more' ? difference >= 0n : difference <= 0n;
        });
        return { numerator: BigInt(1 + reached.length), denominator: 1n };
      }
      case 'expression':
        return this.expression(document.expression, this.digitsOf(name), asOf);
      default:
        return measureOn(this.facts, document, asOf, this.moneyDigits);
    }
  }

  private attribute(attribute: string, type: string, digits: number): NaiveValue {
    const value = attributesOf(this.facts)[attribute];
    if (type === 'text') return typeof value === 'string' ? value : null;
    if (type === 'flag') return typeof value === 'boolean' ? value : null;
    if (typeof value !== 'number') return null;
    const [mantissa, exponent = '0'] = String(value).split('e') as [string, string?];
    const { numerator, denominator } = decimal(mantissa);
    const power = 10n ** BigInt(Math.abs(Number(exponent)));
    const unit = 10n ** BigInt(digits);
    const scaled =
      Number(exponent) < 0 ? half(numerator * unit, denominator * power) : half(numerator * power * unit, denominator);
    return isExact(scaled) ? { numerator: scaled, denominator: unit } : null;
  }

  private expression(text: string, digits: number, asOf: number): NaiveValue {
    let isMissing = false;
    // What is missing spoils the whole, also where the expression would not have come to it.
    for (const name of text.replaceAll(/"[^"]*"/g, '').match(/[A-Za-z_]\w*/g) ?? []) {
      if (Object.hasOwn(this.documents, name) && this.valueOf(name, asOf) === null) isMissing = true;
    }
    if (isMissing) return null;
    const result = calculate(text, name => this.valueOf(name, asOf) as NaiveResult);
    if (result === null || typeof result === 'boolean') return result;
    if (typeof result === 'string') return result.length > 1000 ? null : result;
    const unit = 10n ** BigInt(digits);
    const sign = result.denominator < 0n ? -1n : 1n;
    const scaled = half(result.numerator * sign * unit, result.denominator * sign);
    return isExact(scaled) ? { numerator: scaled, denominator: unit } : null;
  }

  /** Decimals that it is shown with. */
  digitsOf(name: string): number {
    const document = this.documents[name]!;
    switch (document.op) {
      case 'attribute':
        return document.digits ?? 2;
      case 'expression':
        if (document.unit === 'money') return this.moneyDigits;
        if (document.unit === 'percent') return 2;
        return document.unit === 'number' ? (document.digits ?? 2) : 0;
      case 'sum':
      case 'mean':
        return this.digitsOfAmount(document);
      default:
        return 0;
    }
  }

  private digitsOfAmount({ op, of }: FactMeasureDocument): number {
    if (of === 'feedback.score') return 2;
    if (of === 'interaction.responseSeconds') return op === 'mean' ? 2 : 0;
    return this.moneyDigits;
  }

  /** As a view tells it: topics one by one. */
  viewOf(name: string, asOf: number): string | null {
    const value = this.valueOf(name, asOf);
    return Array.isArray(value) ? JSON.stringify(value) : this.textOf(name, asOf);
  }

  /** As a record tells it. */
  textOf(name: string, asOf: number): string | null {
    const value = this.valueOf(name, asOf);
    if (value === null || typeof value === 'string') return value;
    if (typeof value === 'boolean') return value ? 'true' : 'false';
    if (!('numerator' in value)) {
      return value
        .map(({ topic, count, change }) => {
          if (change === null) return `${topic} ${count}`;
          return `${topic} ${count} (${change > 0 ? `+${change}` : change})`;
        })
        .join(', ');
    }
    if (this.documents[name]!.op === 'last') return new Date(Number(value.numerator)).toISOString();
    const digits = this.digitsOf(name);
    const scaled = half(value.numerator * 10n ** BigInt(digits), value.denominator);
    if (digits === 0) return String(scaled);
    const text = String(scaled < 0n ? -scaled : scaled).padStart(digits + 1, '0');
    return `${scaled < 0n ? '-' : ''}${text.slice(0, -digits)}.${text.slice(-digits)}`;
  }
}

function isExact(value: bigint): boolean {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER);
}

export function decimal(text: string): Fraction {
  const [whole, decimals = ''] = text.split('.') as [string, string?];
  return { numerator: BigInt(whole + decimals), denominator: 10n ** BigInt(decimals.length) };
}

/** The sign of a − b. */
export function minus(a: Fraction, b: Fraction): bigint {
  return a.numerator * b.denominator - b.numerator * a.denominator;
}
