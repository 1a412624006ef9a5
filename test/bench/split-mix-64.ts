/**
 * splitmix64, the generator of the workload's random numbers, on two 32-bit halves: the same numbers as on 64-bit
 * integers, an order of magnitude faster than with BigInt.
 */

/** 64 bits, each half a signed 32-bit integer. */
export interface Bits64 {
  high: number;
  low: number;
}

const gamma: Readonly<Bits64> = { high: 0x9e3779b9 | 0, low: 0x7f4a7c15 | 0 };
const firstFactor: Readonly<Bits64> = { high: 0xbf58476d | 0, low: 0x1ce4e5b9 | 0 };
const secondFactor: Readonly<Bits64> = { high: 0x94d049bb | 0, low: 0x133111eb | 0 };
const twoTo53 = 2 ** 53;

function xorShiftRight(value: Bits64, bits: number): void {
  const { high, low } = value;
  value.low = low ^ ((low >>> bits) | (high << (32 - bits)));
  value.high = high ^ (high >>> bits);
}

/** The upper half of the product of two unsigned 32-bit integers. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const rest = aLow * bHigh + (middle % 0x10000);
  return aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(rest / 0x10000);
}

function multiply(value: Bits64, factor: Readonly<Bits64>): void {
  const { high, low } = value;
  value.high = (multiplyHigh(low, factor.low) + Math.imul(high, factor.low) + Math.imul(low, factor.high)) | 0;
  value.low = Math.imul(low, factor.low);
}

function add(value: Bits64, addend: Readonly<Bits64>): void {
  const low = (value.low >>> 0) + (addend.low >>> 0);
  value.high = (value.high + addend.high + (low > 0xffffffff ? 1 : 0)) | 0;
  value.low = low | 0;
}

/** The generator's output function: every bit of the result depends on every bit of the value. */
export function mix(value: Bits64): void {
  xorShiftRight(value, 30);
  multiply(value, firstFactor);
  xorShiftRight(value, 27);
  multiply(value, secondFactor);
  xorShiftRight(value, 31);
}

export class SplitMix64 {
  /** The number that `next` has made; the next call overwrites it. */
  readonly value: Bits64 = { high: 0, low: 0 };
  private readonly state: Bits64;

  constructor(seed: number) {
    this.state = { high: 0, low: seed | 0 };
  }

  next(): Bits64 {
    const { state, value } = this;
    add(state, gamma);
    value.high = state.high;
    value.low = state.low;
    mix(value);
    return value;
  }

  /** 0 ≤ x < 1, all 53 bits. */
  float(): number {
    const { high, low } = this.next();
    return ((high >>> 0) * 0x200000 + (low >>> 11)) / twoTo53;
  }

  /** The 64-bit number modulo a limit below 2^36: in steps of 16 bits, so that nothing leaves 2^53. */
  below(limit: number): number {
    const { high, low } = this.next();
    let rest = (high >>> 0) % limit;
    rest = (rest * 0x10000 + (low >>> 16)) % limit;
    return (rest * 0x10000 + (low & 0xffff)) % limit;
  }

  /** Box-Muller, one value per call. */
  normal(): number {
    const u = 1 - this.float();
    return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * this.float());
  }
}
