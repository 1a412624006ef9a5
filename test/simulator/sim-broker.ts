/**
 * The part of a Kafka broker that exactly once depends on, as of 3.6 to 4.x under the transaction protocol that Node's
 * clients speak (version 1: no epoch bump for each transaction):
 *
 * - the transaction coordinator of one transactional id: InitProducerId, AddPartitionsToTxn, EndTxn, its markers, which
 *   are written a while after EndTxn was answered, and its time-out;
 * - output partitions with producer epochs, sequence numbers that tell repetitions (the last five batches, by sequence
 *   alone and whatever they hold), and the check that a batch belongs to an ongoing transaction (KIP-890, part 1);
 * - committed reads: up to the first open transaction, without what was aborted.
 */
import type { Message } from 'kafkajs';
import type { SplitMix64 } from '../bench/split-mix-64.ts';
import type { Coverage } from './coverage.ts';
import type { Scheduler } from './scheduler.ts';

export type Topic = 'tier-changes' | 'customer-tiers';

/** Names of Kafka's error codes, as kafkajs has them. */
export type BrokerErrorType =
  | 'INVALID_PRODUCER_EPOCH'
  | 'CONCURRENT_TRANSACTIONS'
  | 'INVALID_TXN_STATE'
  | 'OUT_OF_ORDER_SEQUENCE_NUMBER';

export class BrokerError extends Error {
  readonly type: BrokerErrorType;

  constructor(type: BrokerErrorType) {
    super(type);
    this.type = type;
  }
}

interface Entry {
  readonly message: Message | null;
  state: 'open' | 'committed' | 'aborted' | 'marker';
}

interface SequenceRange {
  readonly first: number;
  readonly last: number;
}

const rememberedBatches = 5;
/** Far longer than a transaction lasts. */
const timeoutSteps = 1500;

export class OutputPartition {
  readonly topic: Topic;
  readonly log: Entry[] = [];
  /** Offset of the first record that is still there. */
  start = 0;
  /** Committed records that readers can see, in order. */
  readonly visible: Message[] = [];
  private epoch = -1;
  private batches: SequenceRange[] = [];
  private firstOpen: number | null = null;
  private stable = 0;
  private readonly onVisible: (message: Message) => void;

  constructor(topic: Topic, onVisible: (message: Message) => void) {
    this.topic = topic;
    this.onVisible = onVisible;
  }

  get hasOpenTransaction(): boolean {
    return this.firstOpen !== null;
  }

  /** Records of the open transaction. */
  get openRecords(): number {
    return this.firstOpen === null ? 0 : this.log.length - this.firstOpen;
  }

  /** True: appended. False: known already. */
  append(epoch: number, sequence: number, messages: readonly Message[], isInTransaction: () => boolean): boolean {
    if (epoch < this.epoch) throw new BrokerError('INVALID_PRODUCER_EPOCH');
    if (epoch > this.epoch) this.batches = [];
    const range = { first: sequence, last: sequence + messages.length - 1 };
    if (this.batches.some(({ first, last }) => first === range.first && last === range.last)) return false;
    const expected = (this.batches.at(-1)?.last ?? -1) + 1;
    if (sequence !== expected) throw new BrokerError('OUT_OF_ORDER_SEQUENCE_NUMBER');
    if (this.firstOpen === null && !isInTransaction()) throw new BrokerError('INVALID_TXN_STATE');
    this.epoch = epoch;
    this.batches = [...this.batches.slice(1 - rememberedBatches), range];
    this.firstOpen ??= this.log.length;
    for (const message of messages) this.log.push({ message, state: 'open' });
    return true;
  }

  /** Ends what is open. The marker's epoch refuses every older one from here on. */
  mark(epoch: number, isCommit: boolean): void {
    if (epoch > this.epoch) {
      this.epoch = epoch;
      this.batches = [];
    }
    for (let at = this.firstOpen ?? this.log.length; at < this.log.length; at++) {
      const entry = this.log[at]!;
      if (entry.state === 'open') entry.state = isCommit ? 'committed' : 'aborted';
    }
    this.firstOpen = null;
    this.log.push({ message: null, state: 'marker' });
    for (; this.stable < this.log.length; this.stable++) {
      const { state, message } = this.log[this.stable]!;
      if (state !== 'committed') continue;
      this.visible.push(message!);
      this.onVisible(message!);
    }
  }
}

type CoordinatorState = 'empty' | 'ongoing' | 'prepareCommit' | 'prepareAbort' | 'complete';

export class SimBroker {
  readonly changes: OutputPartition;
  readonly tiers: OutputPartition;
  private readonly scheduler: Scheduler;
  private readonly random: SplitMix64;
  private readonly coverage: Coverage;
  private epoch = -1;
  private state: CoordinatorState = 'empty';
  private members = new Set<Topic>();
  private lastWasCommit = true;
  private delaysMarkers = 0;
  /** Topics whose marker of a decided commit is still to be written. */
  private committing = new Set<Topic>();
  /** Transactions that were begun, and the one that each EndTxn meant. */
  private transaction = 0;

  constructor(scheduler: Scheduler, random: SplitMix64, coverage: Coverage, onChange: (message: Message) => void) {
    this.scheduler = scheduler;
    this.random = random;
    this.coverage = coverage;
    this.changes = new OutputPartition('tier-changes', onChange);
    this.tiers = new OutputPartition('customer-tiers', () => {});
  }

  partition(topic: Topic): OutputPartition {
    return topic === 'tier-changes' ? this.changes : this.tiers;
  }

  /** Changes whose transaction is decided to be committed; its markers, and so readers, may follow later. */
  get decidedChanges(): number {
    const { visible, openRecords } = this.changes;
    return visible.length + (this.committing.has('tier-changes') ? openRecords : 0);
  }

  get isAtRest(): boolean {
    return this.state !== 'ongoing' && this.state !== 'prepareCommit' && this.state !== 'prepareAbort';
  }

  /** Which transaction is ongoing, so that a test can tell which one a late EndTxn was meant for. */
  get currentTransaction(): number {
    return this.transaction;
  }

  /** The markers of the next transaction come late. */
  delayMarkers(): void {
    this.delaysMarkers++;
  }

  initProducerId(): number {
    if (this.state === 'prepareCommit' || this.state === 'prepareAbort')
      throw new BrokerError('CONCURRENT_TRANSACTIONS');
    this.epoch++;
    if (this.state !== 'ongoing') {
      this.state = 'empty';
      return this.epoch;
    }
    // The successor's request ends what its predecessor left open, and has to be made again until that is done.
    this.coverage.count('transaction aborted by the successor');
    this.end(false);
    throw new BrokerError('CONCURRENT_TRANSACTIONS');
  }

  addPartitions(epoch: number, topics: readonly Topic[]): void {
    this.checkEpoch(epoch);
    if (this.state === 'prepareCommit' || this.state === 'prepareAbort')
      throw new BrokerError('CONCURRENT_TRANSACTIONS');
    if (this.state !== 'ongoing') {
      this.members = new Set();
      const begun = ++this.transaction;
      const end = () => {
        if (this.transaction === begun) this.timeOut();
      };
      this.scheduler.add('a transaction has lasted too long', end, { delaySteps: timeoutSteps });
    }
    this.state = 'ongoing';
    for (const topic of topics) this.members.add(topic);
  }

  produce(topic: Topic, epoch: number, sequence: number, messages: readonly Message[]): void {
    const isInTransaction = () => this.state === 'ongoing' && epoch === this.epoch && this.members.has(topic);
    try {
      const isNew = this.partition(topic).append(epoch, sequence, messages, isInTransaction);
      if (!isNew) this.coverage.count('Produce recognised as a repetition');
    } catch (error) {
      if ((error as BrokerError).type === 'INVALID_TXN_STATE')
        this.coverage.count('Produce refused: not in a transaction');
      throw error;
    }
  }

  endTxn(epoch: number, isCommit: boolean, meant: number): void {
    if (epoch !== this.epoch) {
      this.coverage.count('EndTxn of a former epoch refused');
      throw new BrokerError('INVALID_PRODUCER_EPOCH');
    }
    switch (this.state) {
      case 'ongoing':
        if (meant !== this.transaction) this.coverage.count('EndTxn ended the next transaction');
        this.end(isCommit);
        return;
      case 'prepareCommit':
      case 'prepareAbort':
        throw new BrokerError('CONCURRENT_TRANSACTIONS');
      case 'complete':
        // Ending again what is ended in the same way is a repetition.
        if (this.lastWasCommit === isCommit) return;
        throw new BrokerError('INVALID_TXN_STATE');
      case 'empty':
        throw new BrokerError('INVALID_TXN_STATE');
    }
  }

  /** The coordinator ends a transaction that has lasted too long, and its owner looks fenced from then on. */
  timeOut(): void {
    if (this.state !== 'ongoing') return;
    this.coverage.count('transaction aborted by its timeout');
    this.epoch++;
    this.end(false);
  }

  private end(isCommit: boolean): void {
    this.state = isCommit ? 'prepareCommit' : 'prepareAbort';
    this.lastWasCommit = isCommit;
    const { epoch } = this;
    const left = new Set(this.members);
    this.committing = isCommit ? left : new Set();
    const isDelayed = this.delaysMarkers > 0;
    if (isDelayed) {
      this.delaysMarkers--;
      this.coverage.count('markers delayed');
    }
    if (left.size === 0) this.state = 'complete';
    for (const topic of left) {
      const delaySteps = isDelayed ? this.random.below(120) : 0;
      const write = () => {
        this.partition(topic).mark(epoch, isCommit);
        left.delete(topic);
        if (left.size === 0) this.state = 'complete';
      };
      this.scheduler.add(`${topic}: marker ${isCommit ? 'commit' : 'abort'}`, write, { delaySteps });
    }
  }

  private checkEpoch(epoch: number): void {
    if (epoch !== this.epoch) throw new BrokerError('INVALID_PRODUCER_EPOCH');
  }
}
