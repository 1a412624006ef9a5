/** A report for machines. */
import type { Report } from './read-report.ts';

/** `seconds`: how long the events took; null: nobody said. */
export function reportJson({ events, changes, programs, customers }: Report, seconds: number | null) {
  const stories = customers.map(({ kind, record }) => ({ customerId: record.customerId, kind, record }));
  return { events, changes, programs, customers: stories, ...(seconds === null ? {} : { seconds }) };
}
