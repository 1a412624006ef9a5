/** What a run of records changes, gathered until the next commit takes it. */
import type { CustomerTiers, Emission, Rejection, RejectionReason, TierRecord } from '@tierflow/customer/changes';
import type { Customer } from '@tierflow/customer/customer';
import type { LogRecord } from '@tierflow/customer/events';
import { tiersOf } from '@tierflow/customer/view';
import type { Hash64 } from '@tierflow/window/hash';
import { Counters } from './counters.ts';
import type { PartitionState } from './partition-state.ts';
import type { CounterSnapshot, DayClosing } from './ports.ts';

/** What a run of records has changed, for one commit. */
export interface FoldOutput {
  readonly dirty: readonly Customer[];
  readonly forgotten: readonly ForgottenCustomer[];
  readonly emissions: readonly Emission[];
  readonly rejections: readonly Rejection[];
  readonly counters: CounterSnapshot;
  readonly closings: readonly DayClosing[];
  readonly droppedRankings: readonly string[];
}

export interface ForgottenCustomer {
  readonly customerId: string;
  readonly slice: number;
  readonly chunkSequences: readonly number[];
  /** Hash over all that is stored of the customer, which its slice's digest loses. */
  readonly stored: Readonly<Hash64>;
}

export class FoldRun {
  readonly counters: Counters;
  private readonly state: PartitionState;
  private dirty = new Set<Customer>();
  private forgotten = new Map<string, ForgottenCustomer>();
  private emissions: Emission[] = [];
  private rejections: Rejection[] = [];
  private closings: DayClosing[] = [];
  /** Emissions of the record being folded. */
  private index = 0;

  constructor(state: PartitionState, counters: CounterSnapshot) {
    this.state = state;
    this.counters = new Counters(counters);
  }

  /** The next record: its emissions count from 0. */
  begin(): void {
    this.index = 0;
  }

  /** Puts the customer on the list of what the commit writes. */
  write(customer: Customer): void {
    if (customer.prior !== null && !this.state.keepsPrior(customer.prior)) customer.prior = null;
    this.dirty.add(customer);
  }

  /** With the customer's standings after all of them. */
  emitAll(record: LogRecord, customer: Customer, records: readonly TierRecord[]): void {
    if (records.length === 0) return;
    const standings = tiersOf(customer);
    for (const told of records) this.emit(record, told, standings);
  }

  emit({ offset }: LogRecord, told: TierRecord, standings: CustomerTiers | null): void {
    if (told.type === 'TierChanged') this.counters.flowed(told);
    this.emissions.push({ id: { offset, index: this.index++ }, record: told, standings });
  }

  reject({ offset, key }: LogRecord, reason: RejectionReason, detail: string): void {
    this.counters.record(`rejected.${reason}`);
    this.rejections.push({ offset, key, reason, detail });
  }

  /** Whoever was forgotten earlier in the run and came back; undefined: nobody. */
  forgottenBefore(customerId: string): ForgottenCustomer | undefined {
    return this.forgotten.get(customerId);
  }

  forget(customer: Customer, forgotten: ForgottenCustomer): void {
    this.forgotten.set(customer.id, forgotten);
    this.dirty.delete(customer);
  }

  /** Of each day from `from` to the one before `to`, with the counters as they stand. */
  close(from: number, to: number): void {
    this.closings.push(...this.counters.close(from, to));
  }

  /** Hands over what has changed since the last time. */
  take(): FoldOutput {
    const output: FoldOutput = {
      dirty: [...this.dirty],
      forgotten: [...this.forgotten.values()],
      emissions: this.emissions,
      rejections: this.rejections,
      counters: this.counters.take(),
      closings: this.closings,
      droppedRankings: this.state.takeDroppedRankings(),
    };
    this.dirty = new Set();
    this.forgotten = new Map();
    this.emissions = [];
    this.rejections = [];
    this.closings = [];
    return output;
  }
}
