/** Rejections as they were reported: at least once, so a refold reports them again. */
import type { Rejection } from '@tierflow/customer/changes';
import type { RejectionSink } from '../ports.ts';

export class RejectionList implements RejectionSink {
  readonly reported: Rejection[] = [];

  async report(_partition: number, rejections: readonly Rejection[]): Promise<void> {
    this.reported.push(...rejections);
  }
}
