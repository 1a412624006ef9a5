/**
 * A clock that stands where somebody has put it. Days pass at a word, for demonstrations, tests and replays; the word is
 * a civil date in Redis, so it can be read and, where it must be, set with redis-cli.
 */
import { formatDay, parseDay } from '@tierflow/customer/epoch-day';
import { isCalendarDay } from '@tierflow/customer/event-problem';
import type { EpochDay } from '@tierflow/customer/events';
import { PortFailure } from '@tierflow/processor/errors';
import type { Redis } from 'ioredis';
import { toPortError } from './errors.ts';
import { manualClockKey } from './keys.ts';

export class ManualClock {
  readonly #client: Redis;
  readonly #key: string;

  constructor(client: Redis, namespace: string) {
    this.#client = client;
    this.#key = manualClockKey(namespace);
  }

  /** null: nobody has set it. */
  async today(): Promise<EpochDay | null> {
    const text = await this.#run(this.#client.get(this.#key));
    if (text === null) return null;
    const day = parseDay(text);
    if (day !== null && isCalendarDay(day)) return day;
    throw new PortFailure('store', `${this.#key} is no day such as 2017-03-05: set it with \`tierctl clock set DAY\`.`);
  }

  async set(day: EpochDay): Promise<void> {
    await this.#run(this.#client.set(this.#key, formatDay(day)));
  }

  async #run<T>(command: Promise<T>): Promise<T> {
    try {
      return await command;
    } catch (error) {
      throw toPortError(error);
    }
  }
}
