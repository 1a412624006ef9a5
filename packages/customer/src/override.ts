/** Overrides stand above what the numbers and the ladder give: pin over cap over floor. */
import type { Customer, Override } from './customer.ts';
import type { EpochDay, OverrideKind } from './events.ts';
import { positionOf } from './fit.ts';
import type { Program } from './policy.ts';

/** The position that is in effect above a decided one; −1 stands for no tier in both. */
export function overridden(customer: Customer, program: Program, decided: number): number {
  if (customer.overrides.length === 0) return decided;
  const position = (kind: OverrideKind): number => {
    const found = customer.overrides.find(candidate => candidate.program === program.name && candidate.kind === kind);
    return found === undefined ? -1 : positionOf(program, found.tier);
  };
  const pin = position('pin');
  if (pin >= 0) return pin;
  // The higher tier has the lower position.
  let effective = decided;
  const floor = position('floor');
  if (floor >= 0) effective = Math.min(effective, floor);
  const cap = position('cap');
  if (cap >= 0) effective = Math.max(effective, cap);
  return effective;
}

/** Whatever the numbers give, and be it the same tier. */
export function isPinned({ overrides }: Customer, program: Program): boolean {
  return overrides.some(
    ({ program: name, kind, tier }) => name === program.name && kind === 'pin' && positionOf(program, tier) >= 0,
  );
}

/** Drops the overrides that have ended by the day, and gives the programs that they stood in. */
export function dropEnded(customer: Customer, day: EpochDay): readonly string[] {
  if (customer.overrides.length === 0) return none;
  const hasEnded = ({ untilDay }: Override): boolean => untilDay !== null && untilDay < day;
  const ended = customer.overrides.filter(hasEnded).map(override => override.program);
  if (ended.length > 0) customer.overrides = customer.overrides.filter(override => !hasEnded(override));
  return ended;
}

const none: readonly string[] = [];
