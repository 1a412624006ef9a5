/** A report for people. */
import type { Environment } from '@tierflow/config/environment';
import { partitionOf } from '@tierflow/processor/partition-of';
import { PartitionKeys } from '@tierflow/redis/keys';
import { colours, heading, table } from '../terminal.ts';
import { describePrograms } from './describe-programs.ts';
import { describeEvidence, describePlaybook, describeRecord } from './describe-record.ts';
import type { Report } from './read-report.ts';
import type { Words } from './words.ts';

export interface ReportSurroundings {
  readonly environment: Environment;
  readonly partitions: number;
  /** How long the events took; null: nobody said. */
  readonly seconds: number | null;
  readonly metricsUrls: readonly string[];
}

export function describeReport(report: Report, words: Words, surroundings: ReportSurroundings): string {
  const { events, changes, programs, policy } = report;
  const counts = [
    `${events.accepted} ${words.accepted}`,
    `${events.rejected} ${words.rejected}`,
    `${events.duplicate} ${words.duplicates}`,
    `${events.late} ${words.late}`,
    `${changes} ${words.changes}`,
  ];
  const { seconds } = surroundings;
  if (seconds !== null && seconds > 0) {
    counts.push(`${Math.round(events.read / seconds)} ${words.eventsPerSecond}`);
  }
  const reasons = Object.entries(events.rejectedByReason);
  return [
    `${colours.bold(words.events)}: ${counts.join(', ')}`,
    ...(reasons.length > 0 ? [table([words.reason, words.events], reasons)] : []),
    describePrograms(programs, words, policy),
    ...stories(report, words),
    whereToLook(report, words, surroundings),
  ].join('\n');
}

function stories({ customers, policy }: Report, words: Words): string[] {
  if (customers.length === 0) return [];
  return [
    heading(words.stories),
    ...customers.map(({ kind, record }) => {
      const [first, ...more] = describeRecord(record, words, policy);
      const evidence = 'evidence' in record ? record.evidence : [];
      const playbook = record.type === 'TierChanged' ? record.playbook : null;
      return [
        `${colours.cyan(record.customerId)} — ${words.storyTitles[kind]}`,
        `  ${first}`,
        ...[...more, ...describePlaybook(playbook, words)].map(line => `    ${line}`),
        ...evidence.map(each => `    ${describeEvidence(each, words, policy)}`),
      ].join('\n');
    }),
  ];
}

function whereToLook({ customers }: Report, words: Words, surroundings: ReportSurroundings): string {
  const { environment, partitions, metricsUrls } = surroundings;
  const { topics, namespace } = environment;
  const lines = [heading(words.where), `${words.topics}: ${Object.values(topics).join(', ')}`];
  const customerId = customers[0]?.record.customerId;
  if (customerId !== undefined) {
    const key = new PartitionKeys(namespace, partitionOf(customerId, partitions)).view(customerId);
    lines.push(`${words.redis}: redis-cli -u ${withoutPassword(environment.redisUrl)} GET ${quoted(key)}`);
    lines.push(`${words.explain}: tierctl explain ${quoted(customerId)}`);
  }
  for (const url of metricsUrls) lines.push(`${words.metrics}: ${url}`);
  return lines.join('\n');
}

function withoutPassword(url: string): string {
  const parsed = new URL(url);
  if (parsed.password !== '') parsed.password = '***';
  return parsed.toString();
}

/** For a POSIX shell. */
function quoted(text: string): string {
  return /^[\w.-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
