/**
 * Whether cuts have moved enough to be worth telling. Each publication judges everybody anew, and who stands at a cut
 * would move back and forth with it, while a cut that has moved by a thousandth means nothing to anybody.
 */

/** Some cut has moved by more than so many per cent of its former value. Decimals as policies write them. */
export function hasMoved(cuts: readonly string[], former: readonly string[], deadBandPercent: number): boolean {
  if (cuts.length !== former.length) return true;
  return cuts.some((cut, index) => {
    const digits = Math.max(digitsOf(cut), digitsOf(former[index]!));
    const [now, before] = [scaled(cut, digits), scaled(former[index]!, digits)];
    return magnitude(now - before) * 100n > BigInt(deadBandPercent) * magnitude(before);
  });
}

function digitsOf(decimal: string): number {
  return decimal.split('.')[1]?.length ?? 0;
}

function scaled(decimal: string, digits: number): bigint {
  const [whole, fraction = ''] = decimal.split('.');
  return BigInt(`${whole}${fraction.padEnd(digits, '0')}`);
}

function magnitude(number: bigint): bigint {
  return number < 0n ? -number : number;
}
