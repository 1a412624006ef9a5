/**
 * An exported log under another policy whose cuts follow the population: they are taken anew where the log has taken its
 * own, and on other days once the day has been opened. Cuts are of all partitions together, so these are read side by
 * side, each by a reader of its own, from one such point to the next. What is conducted stands between the records, which
 * therefore get new offsets.
 */
import type { Control, EpochDay, LogOpened, LogRecord, PolicyPublished } from '@tierflow/customer/events';
import type { Line } from '../line-source.ts';
import { type BacktestLog, type Conduct, conductNothing, type LogPiece } from './backtest-log.ts';
import { DayCut } from './day-cut.ts';
import { readLogLine } from './exported-lines.ts';
import { underPolicy } from './under-policy.ts';

export interface ReconductedLogOptions {
  /** Name of the file, for messages. */
  readonly file: string;
  readonly asOf: EpochDay | null;
  readonly policy: PolicyPublished;
  /** The file's lines from the start, as often as they are asked for. */
  readonly lines: () => AsyncIterable<readonly Line[]>;
}

const recordsPerPieceMax = 5_000;
const placeOf = /^\{"partition":(\d+),/;
const placeBytes = 32;

export function reconductedLog(genesis: LogOpened, options: ReconductedLogOptions): BacktestLog {
  return { genesis, pieces: (conduct = conductNothing) => pieces(genesis, options, conduct) };
}

async function* pieces(genesis: LogOpened, options: ReconductedLogOptions, conduct: Conduct): AsyncGenerator<LogPiece> {
  const { asOf } = options;
  const { partitions, calibratedDays } = await survey(genesis, options);
  const walks = partitions.map(partition => new PartitionWalk(genesis, partition, calibratedDays, options));
  async function* conducted(): AsyncGenerator<LogPiece> {
    for (let event = await conduct(); event !== null; event = await conduct()) {
      for (const walk of walks) yield walk.append([event]);
    }
  }
  while (walks.some(walk => !walk.isDone)) {
    for (const walk of walks) yield* walk.toNextPoint();
    yield* conducted();
  }
  if (asOf === null) return;
  for (const walk of walks) yield walk.closing(asOf);
  yield* conducted();
}

/** Which partitions the file holds, and on which days the log has taken cuts. */
async function survey(
  { baseCurrencyDigits }: LogOpened,
  { file, lines }: ReconductedLogOptions,
): Promise<{ readonly partitions: readonly number[]; readonly calibratedDays: ReadonlySet<EpochDay> }> {
  const partitions = new Set<number>();
  const calibratedDays = new Set<EpochDay>();
  for await (const piece of lines()) {
    for (const line of piece) {
      const mayBeCuts = line.bytes.includes('thresholdsCalibrated');
      const place = mayBeCuts ? null : partitionOf(line);
      if (place !== null) {
        partitions.add(place);
        continue;
      }
      const { partition, record } = readLogLine(line, file, baseCurrencyDigits);
      partitions.add(partition);
      if (record.event.type === 'ThresholdsCalibrated') calibratedDays.add(record.event.day);
    }
  }
  return { partitions: [...partitions].sort((a, b) => a - b), calibratedDays };
}

/** Told without reading the line, where it begins as `tierctl export` writes it; else null. */
function partitionOf(line: Line): number | null {
  const place = placeOf.exec(line.bytes.toString('latin1', 0, placeBytes));
  return place === null ? null : Number(place[1]);
}

class PartitionWalk {
  isDone = false;
  readonly #genesis: LogOpened;
  readonly #partition: number;
  readonly #policy: PolicyPublished;
  readonly #calibratedDays: ReadonlySet<EpochDay>;
  readonly #cut: DayCut;
  readonly #records: AsyncGenerator<LogRecord>;
  #offset = 0;
  #timestamp = 0;
  #calibration: number | null = null;
  /** A day that is being opened; null: none is. */
  #opening: EpochDay | null = null;

  constructor(
    genesis: LogOpened,
    partition: number,
    calibratedDays: ReadonlySet<EpochDay>,
    { file, asOf, policy, lines }: ReconductedLogOptions,
  ) {
    this.#genesis = genesis;
    this.#partition = partition;
    this.#policy = policy;
    this.#calibratedDays = calibratedDays;
    this.#cut = new DayCut(asOf);
    this.#records = recordsOf(partition, lines(), line => readLogLine(line, file, genesis.baseCurrencyDigits));
  }

  /** Everything up to where cuts may be taken next, or to the end. */
  async *toNextPoint(): AsyncGenerator<LogPiece> {
    let records: LogRecord[] = [];
    while (!this.isDone) {
      const next = await this.#records.next();
      if (next.done) {
        this.isDone = true;
        break;
      }
      if (!this.#cut.keeps(next.value)) continue;
      const record = underPolicy(next.value, this.#policy, this.#calibration);
      if (record !== null) records.push(this.#placed(record));
      if (this.#isPoint(next.value)) break;
      if (records.length < recordsPerPieceMax) continue;
      yield { partition: this.#partition, records };
      records = [];
    }
    if (records.length > 0) yield { partition: this.#partition, records };
  }

  /** A day is open once its sweep has met the last slice. */
  #isPoint({ event }: LogRecord): boolean {
    if (event.type === 'ThresholdsCalibrated') return true;
    if (event.type === 'ClockTicked') this.#opening = event.day;
    if (event.type !== 'SliceSwept' || event.mode !== 'due' || event.toSlice < this.#genesis.slices - 1) return false;
    const day = this.#opening;
    this.#opening = null;
    return day !== null && !this.#calibratedDays.has(day);
  }

  append(events: readonly Control[]): LogPiece {
    const records = events.map(event => this.#placed({ offset: 0, timestamp: this.#timestamp, key: null, event }));
    for (const event of events) if (event.type === 'ThresholdsCalibrated') this.#calibration = event.calibration;
    return { partition: this.#partition, records };
  }

  closing(asOf: EpochDay): LogPiece {
    const records = this.#cut.closing(asOf, this.#genesis.slices).map(record => this.#placed(record));
    return { partition: this.#partition, records };
  }

  #placed(record: LogRecord): LogRecord {
    this.#timestamp = record.timestamp;
    return { ...record, offset: this.#offset++ };
  }
}

/** Of one partition. Lines of the others are passed over unread. */
async function* recordsOf(
  partition: number,
  lines: AsyncIterable<readonly Line[]>,
  read: (line: Line) => { readonly partition: number; readonly record: LogRecord },
): AsyncGenerator<LogRecord> {
  for await (const piece of lines) {
    for (const line of piece) {
      const place = partitionOf(line);
      if (place !== null && place !== partition) continue;
      const found = read(line);
      if (found.partition === partition) yield found.record;
    }
  }
}
