/** Numbers as people read them: 1,234,567.89. */
import { formatDecimal } from '@tierflow/customer/decimal';

export function grouped(number: number): string {
  return groupedText(String(number));
}

export function groupedMoney(minor: number, digits: number): string {
  return groupedText(formatDecimal(minor, digits));
}

function groupedText(text: string): string {
  const [whole, fraction] = text.split('.');
  const separated = whole!.replace(/\B(?=(?:\d{3})+$)/g, ',');
  return fraction === undefined ? separated : `${separated}.${fraction}`;
}

/** 12.3 %, in tenths; a whole of 0 has no shares. */
export function percentOf(part: number, whole: number): string {
  if (whole === 0) return '';
  return `${formatDecimal(Math.round((part * 1000) / whole), 1)} %`;
}
