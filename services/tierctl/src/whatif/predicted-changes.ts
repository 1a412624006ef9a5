/** What a fold emits from the activation on: the prediction. What it emitted before is history, and let go. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Emission, Rejection, TierRecord } from '@tierflow/customer/changes';
import type { FoldListener } from '../backtest/engine-output.ts';
import type { Move } from './migration.ts';

/** What would be told to customers or about them. */
export interface Notifications {
  readonly changes: number;
  readonly renewals: number;
  readonly expiring: number;
  readonly approaching: number;
}

const countedAs = {
  TierChanged: 'changes',
  StandingRenewed: 'renewals',
  Expiring: 'expiring',
  Approaching: 'approaching',
} as const satisfies Record<TierRecord['type'], keyof Notifications>;

const noMoves: readonly Move[] = [];
const writtenCharsMin = 1024 * 1024;

export class PredictedChanges implements FoldListener {
  readonly #notifications = new Map<string, Record<keyof Notifications, number>>();
  readonly #moves = new Map<string, Move[]>();
  readonly #file: LineFile | null;
  readonly rejections: Rejection[] = [];
  #hasBegun = false;

  /** `folder` of null: the records are counted only. */
  constructor(folder: string | null) {
    this.#file = folder === null ? null : new LineFile(folder, 'changes.jsonl');
  }

  begin(): void {
    this.#hasBegun = true;
  }

  emitted(_partition: number, emissions: readonly Emission[]): void {
    if (!this.#hasBegun) return;
    for (const { record } of emissions) {
      this.#file?.add(JSON.stringify(record));
      this.#notificationsOf(record.program)[countedAs[record.type]]++;
      if (record.type !== 'TierChanged') continue;
      const { customerId, program, from, to, direction } = record;
      const move = { program, from, to, direction };
      const known = this.#moves.get(customerId);
      if (known === undefined) this.#moves.set(customerId, [move]);
      else known.push(move);
    }
  }

  rejected(_partition: number, rejections: readonly Rejection[]): void {
    if (this.#hasBegun) this.rejections.push(...rejections);
  }

  /** In order. */
  movesOf(customerId: string): readonly Move[] {
    return this.#moves.get(customerId) ?? noMoves;
  }

  notificationsOf(program: string): Notifications {
    return { ...this.#notificationsOf(program) };
  }

  get programs(): Iterable<string> {
    return this.#notifications.keys();
  }

  close(): void {
    this.#file?.close();
  }

  #notificationsOf(program: string): Record<keyof Notifications, number> {
    let notifications = this.#notifications.get(program);
    if (notifications === undefined) {
      notifications = { changes: 0, renewals: 0, expiring: 0, approaching: 0 };
      this.#notifications.set(program, notifications);
    }
    return notifications;
  }
}

/** Written piece by piece where they come, so that there are never more of them in memory. */
class LineFile {
  readonly #file: number;
  #text = '';

  constructor(folder: string, name: string) {
    mkdirSync(folder, { recursive: true });
    this.#file = openSync(join(folder, name), 'w');
  }

  add(line: string): void {
    this.#text += `${line}\n`;
    if (this.#text.length >= writtenCharsMin) this.#write();
  }

  #write(): void {
    for (let bytes = Buffer.from(this.#text); bytes.length > 0; ) bytes = bytes.subarray(writeSync(this.#file, bytes));
    this.#text = '';
  }

  close(): void {
    this.#write();
    closeSync(this.#file);
  }
}
