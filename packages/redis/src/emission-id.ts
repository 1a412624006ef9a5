/**
 * Emission ids as the store writes them: 16 hexadecimal digits of the offset, then 8 of the index. The fixed width
 * lets the functions compare them as text.
 */
import type { EmissionId } from '@tierflow/customer/changes';

export const emissionIdLength = 24;

export function formatEmissionId(id: EmissionId): string {
  return id.offset.toString(16).padStart(16, '0') + id.index.toString(16).padStart(8, '0');
}

export function parseEmissionId(text: string): EmissionId {
  return { offset: Number.parseInt(text.slice(0, 16), 16), index: Number.parseInt(text.slice(16), 16) };
}
