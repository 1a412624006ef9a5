/** What was directed and swept, as a partition's log has it. */
import type { Control, RolloutDirected, SliceSwept } from '@tierflow/customer/events';
import type { RecordReader } from '@tierflow/kafka/record-reader';
import type { Pipeline } from '../e2e/pipeline.ts';

export interface Directive {
  readonly action: RolloutDirected['action'];
  readonly rolloutSeq: number;
  /** Sweeps that were written for it. */
  readonly sweeps: number;
  /** Slices that were swept for it, each as often as it was. */
  readonly swept: readonly number[];
}

/** Control records are the same in all partitions, so one of them tells. */
export async function readDirectives({ events, topics }: Pipeline, reader: RecordReader): Promise<Directive[]> {
  const controls: Control[] = [];
  for await (const records of reader.readAll(topics.customerEvents, 0, 0)) {
    for (const { key, value } of records) if (key === null) controls.push((await events.read(value)) as Control);
  }
  const sweeps = controls.filter((record): record is SliceSwept => record.type === 'SliceSwept');
  return controls
    .filter((record): record is RolloutDirected => record.type === 'RolloutDirected')
    .map(({ action, rolloutSeq }) => {
      const own = action === 'seal' ? [] : sweeps.filter(sweep => sweep.rolloutSeq === rolloutSeq);
      const swept = own.flatMap(({ fromSlice, toSlice }) =>
        Array.from({ length: toSlice - fromSlice + 1 }, (_, i) => fromSlice + i),
      );
      return { action, rolloutSeq, sweeps: own.length, swept };
    });
}
