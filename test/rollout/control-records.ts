/** What was directed and swept, as a partition's log has it. */
import type { Control, RolloutDirected, SliceSwept } from '@tierflow/customer/events';
import type { RecordReader } from '@tierflow/kafka/record-reader';
import type { Pipeline } from '../e2e/pipeline.ts';

/** A roll-out or a rollback, of however many steps. */
export interface Course {
  readonly action: RolloutDirected['action'];
  readonly directives: number;
  readonly sweeps: number;
  /** Slices that were swept for it, each as often as it was, ascending. */
  readonly swept: readonly number[];
}

/** Control records are the same in all partitions, so one of them tells. */
export async function readCourses({ events, topics }: Pipeline, reader: RecordReader): Promise<Course[]> {
  const controls: Control[] = [];
  for await (const records of reader.readAll(topics.customerEvents, 0, 0)) {
    for (const { key, value } of records) if (key === null) controls.push((await events.read(value)) as Control);
  }
  const directed = controls.filter((record): record is RolloutDirected => record.type === 'RolloutDirected');
  const sweeps = controls.filter((record): record is SliceSwept => record.type === 'SliceSwept');
  const courses = Map.groupBy(directed, ({ action, rolloutSeq }) => `${action} ${rolloutSeq}`);
  return [...courses.values()].map(directives => {
    const { action, rolloutSeq } = directives[0]!;
    const own = action === 'seal' ? [] : sweeps.filter(sweep => sweep.rolloutSeq === rolloutSeq);
    const swept = own.flatMap(({ fromSlice, toSlice }) =>
      Array.from({ length: toSlice - fromSlice + 1 }, (_, i) => fromSlice + i),
    );
    return { action, directives: directives.length, sweeps: own.length, swept: swept.sort((a, b) => a - b) };
  });
}
