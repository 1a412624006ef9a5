/** An attribute of the profile as a measure: of the declared type, or missing. */
import { parseScientific } from './decimal.ts';
import type { AttributeValue } from './events.ts';
import type { AttributeMeasure, Fraction } from './policy.ts';

export function attributeOf(
  attributes: Readonly<Record<string, AttributeValue>>,
  { attribute, unit, digits }: AttributeMeasure,
): Fraction | string | boolean | null {
  const value = attributes[attribute] ?? null;
  switch (unit) {
    case 'text':
      return typeof value === 'string' ? value : null;
    case 'flag':
      return typeof value === 'boolean' ? value : null;
    default: {
      // The decimal that the writer of the profile wrote, and not the binary number that is nearest to it.
      const scaled = typeof value === 'number' ? parseScientific(String(value), digits) : null;
      return scaled === null ? null : { numerator: scaled, denominator: 1 };
    }
  }
}
