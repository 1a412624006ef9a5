/** Everything that the simulated processes share: log, Redis, broker, group, network; and the processes themselves. */
import type { LogRecord } from '@tierflow/customer/events';
import { SplitMix64 } from '../bench/split-mix-64.ts';
import { Audit } from './audit.ts';
import { Coverage } from './coverage.ts';
import { Network } from './network.ts';
import type { Reference } from './reference.ts';
import { Scheduler } from './scheduler.ts';
import { SimBroker } from './sim-broker.ts';
import { SimGroup } from './sim-group.ts';
import { SimProcess } from './sim-process.ts';
import { SimRedis } from './sim-redis.ts';

/** One partition of customer-events that grows. What readers are told of its bounds and genesis may be wrong: a disaster. */
export class GrowingLog {
  private readonly records: readonly LogRecord[];
  private appended: number;
  start = 0;
  first: LogRecord | null;
  /** What is said to be the end, where that is not the truth. */
  saidEnd: number | null = null;

  constructor(records: readonly LogRecord[], appended: number) {
    this.records = records;
    this.appended = appended;
    this.first = records[0]!;
  }

  get realEnd(): number {
    return this.records[this.appended - 1]!.offset + 1;
  }

  get end(): number {
    return this.saidEnd ?? this.realEnd;
  }

  get isComplete(): boolean {
    return this.appended === this.records.length;
  }

  append(count: number): void {
    this.appended = Math.min(this.appended + count, this.records.length);
  }

  from(offset: number, count: number): LogRecord[] {
    const first = this.countBefore(offset);
    return this.records.slice(first, Math.min(first + count, this.appended));
  }

  countBefore(offset: number): number {
    let count = 0;
    while (count < this.records.length && this.records[count]!.offset < offset) count++;
    return count;
  }
}

const appendStepsMax = 25;
const processes = 2;

export class World {
  readonly coverage = new Coverage();
  readonly scheduler: Scheduler;
  readonly scheduleRandom: SplitMix64;
  readonly network: Network;
  readonly log: GrowingLog;
  readonly audit: Audit;
  readonly redis: SimRedis;
  readonly broker: SimBroker;
  readonly group: SimGroup;
  readonly cacheCustomersMax: number;
  processes: SimProcess[] = [];
  /** What is said to be on the output, where that is not the truth: an emission's place, or −1 for an emptied topic. */
  saidTail: number | null = null;
  private launched = 0;

  constructor(seed: number, records: readonly LogRecord[], reference: Reference, isTraced: boolean) {
    this.scheduleRandom = new SplitMix64(seed ^ 0x5bd1e995);
    this.scheduler = new Scheduler(this.scheduleRandom, isTraced);
    this.network = new Network(this.scheduler, this.scheduleRandom, this.coverage);
    // Genesis, policy and roll-out are one transaction of `tierctl init`.
    this.log = new GrowingLog(records, 3);
    this.audit = new Audit(this, reference);
    this.redis = new SimRedis(this.network, this.audit);
    this.broker = new SimBroker(this.scheduler, this.scheduleRandom, this.coverage, message =>
      this.audit.visible(message),
    );
    this.group = new SimGroup(this.network);
    this.cacheCustomersMax = this.scheduleRandom.below(2) === 0 ? 2 : 1000;
    this.growLater();
    for (let n = 0; n < processes; n++) this.launch();
  }

  launch(): SimProcess {
    const process = new SimProcess(this, `p${++this.launched}`);
    this.processes.push(process);
    return process;
  }

  /** The process is gone, at whatever await it was. What it had sent may still arrive. */
  crash(process: SimProcess): void {
    this.coverage.count('crash');
    this.scheduler.bury(process);
    process.store.link.break();
    this.forget(process);
  }

  /** Stops as after SIGTERM, which a frozen process does not hear. */
  stop(process: SimProcess): void {
    if (process.isFrozen) {
      this.crash(process);
      return;
    }
    this.coverage.count('orderly stop');
    this.processes = this.processes.filter(other => other !== process);
    const gone = () => this.forget(process);
    process.tiering.stop().then(gone, gone);
  }

  private forget(process: SimProcess): void {
    this.processes = this.processes.filter(other => other !== process);
    this.redis.clients.delete(process.store);
    this.scheduler.add(`${process.name} is missed by the group`, () => this.group.putOut(process), {
      delaySteps: this.scheduleRandom.below(40),
    });
  }

  private growLater(): void {
    const delaySteps = this.scheduleRandom.below(appendStepsMax);
    const grow = () => {
      this.log.append(1 + this.scheduleRandom.below(6));
      if (!this.log.isComplete) this.growLater();
    };
    this.scheduler.add('the log grows', grow, { delaySteps });
  }

  /** The last committed record of the output and the topic's first offset. */
  tail(): { record: unknown; logStart: number } {
    const { visible } = this.broker.changes;
    if (this.saidTail === -1) return { record: null, logStart: visible.length + 1 };
    const message = visible[(this.saidTail ?? visible.length) - 1];
    if (message === undefined) return { record: null, logStart: 0 };
    const headers = Object.entries(message.headers ?? {}).map(([key, value]) => ({
      key,
      value: Buffer.from(String(value)),
    }));
    return { record: { offset: visible.length, headers }, logStart: 0 };
  }
}
