/**
 * A request over a network: it arrives, is carried out, and its reply arrives. Each of the two may be lost; a request may
 * arrive late, when its sender has long given up, or twice. What becomes of the next request of a kind, the plan of faults says.
 */
import type { SplitMix64 } from '../bench/split-mix-64.ts';
import type { Coverage } from './coverage.ts';
import { type Actor, Channel, type Scheduler } from './scheduler.ts';

export type Fate = 'requestLost' | 'replyLost' | 'late' | 'twice';

/** What a request is called where a fault asks for the next one of its kind. */
export type Target = 'redis' | 'kafka' | 'EndTxn' | 'Produce' | 'AddPartitions' | 'InitProducerId' | 'commit';

const lateStepsMax = 250;

export class Network {
  readonly scheduler: Scheduler;
  readonly random: SplitMix64;
  readonly coverage: Coverage;
  private readonly fates: { readonly target: Target; readonly fate: Fate }[] = [];

  constructor(scheduler: Scheduler, random: SplitMix64, coverage: Coverage) {
    this.scheduler = scheduler;
    this.random = random;
    this.coverage = coverage;
  }

  /** The next request of the kind has this fate. */
  plan(target: Target, fate: Fate): void {
    this.fates.push({ target, fate });
  }

  /** Only what was sent before the calm comes as it may. */
  calm(): void {
    this.fates.length = 0;
  }

  fateOf(targets: readonly Target[]): Fate | null {
    const index = this.fates.findIndex(({ target }) => targets.includes(target));
    if (index < 0) return null;
    const [{ target, fate }] = this.fates.splice(index, 1) as [{ target: Target; fate: Fate }];
    this.coverage.count(`${target} ${fate}`);
    return fate;
  }

  delaySteps(): number {
    return this.random.below(lateStepsMax);
  }

  /**
   * One request on a connection of its own. `timeout` is what its sender gets who hears nothing: it does not know whether
   * the request was carried out.
   */
  request<T>(
    actor: Actor,
    label: string,
    targets: readonly Target[],
    effect: () => T | Promise<T>,
    timeout: () => Error,
  ): Promise<T> {
    const { scheduler } = this;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const arrive = (answers: boolean) => {
      const outcome = perform(effect);
      outcome.catch(() => {});
      if (!answers) return;
      scheduler.add(`${actor.name} ← ${label}`, () => outcome.then(resolve, reject), { actor });
    };
    const giveUp = () => scheduler.add(`${actor.name} gives up ${label}`, () => reject(timeout()), { actor });
    scheduler.add(`${actor.name} → ${label}`, () => {
      const fate = this.fateOf(targets);
      switch (fate) {
        case null:
          arrive(true);
          break;
        case 'requestLost':
          giveUp();
          break;
        case 'replyLost':
          arrive(false);
          giveUp();
          break;
        case 'late':
          giveUp();
          scheduler.add(`late: ${actor.name} → ${label}`, () => arrive(false), { delaySteps: this.delaySteps() });
          break;
        case 'twice':
          arrive(true);
          scheduler.add(`again: ${actor.name} → ${label}`, () => arrive(false), { delaySteps: this.delaySteps() });
          break;
      }
    });
    return promise;
  }
}

/**
 * A connection on which requests and replies keep their order, as a Redis client's does. When it breaks, everything in
 * flight on it fails, and what was under way to the server may still arrive there.
 */
export class Link {
  readonly actor: Actor;
  private readonly network: Network;
  private readonly timeout: () => Error;
  private requests = new Channel();
  private replies = new Channel();
  private waiting = new Map<() => void, () => void>();
  /** Nothing was sent since the connection was made anew. */
  isFresh = true;

  constructor(actor: Actor, network: Network, timeout: () => Error) {
    this.actor = actor;
    this.network = network;
    this.timeout = timeout;
  }

  request<T>(label: string, targets: readonly Target[], effect: () => T | Promise<T>): Promise<T> {
    const { scheduler } = this.network;
    const { actor } = this;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const { replies } = this;
    this.isFresh = false;
    const fail = () => reject(this.timeout());
    const carryOut = () => {
      const outcome = perform(effect);
      outcome.catch(() => {});
      return outcome;
    };
    this.waiting.set(fail, () => void carryOut());
    const answer = (outcome: Promise<T>) => {
      this.waiting.set(fail, () => {});
      const arrive = () => {
        this.waiting.delete(fail);
        outcome.then(resolve, reject);
      };
      scheduler.add(`${actor.name} ← ${label}`, arrive, { actor, channel: replies });
    };
    const arrive = () => {
      switch (this.network.fateOf(targets)) {
        case null:
          answer(carryOut());
          break;
        case 'twice':
          answer(carryOut());
          scheduler.add(`again: ${actor.name} → ${label}`, () => void carryOut(), {
            delaySteps: this.network.delaySteps(),
          });
          break;
        case 'replyLost':
          void carryOut();
          this.waiting.set(fail, () => {});
          this.break();
          break;
        case 'requestLost':
          this.waiting.set(fail, () => {});
          this.break();
          break;
        case 'late':
          this.break(true);
          break;
      }
    };
    scheduler.add(`${actor.name} → ${label}`, arrive, { channel: this.requests });
    return promise;
  }

  /** What had not arrived may be carried out later, in its order, although nobody waits for it any more. */
  break(arrivesLate = this.network.random.below(2) === 0): void {
    const { scheduler, random } = this.network;
    scheduler.clear(this.requests);
    scheduler.clear(this.replies);
    this.requests = new Channel();
    this.replies = new Channel();
    this.isFresh = true;
    const lost = [...this.waiting];
    this.waiting = new Map();
    const late = new Channel();
    const failures = new Channel();
    let delaySteps = this.network.delaySteps();
    for (const [fail, carryOut] of lost) {
      if (arrivesLate) {
        scheduler.add(`late: ${this.actor.name} on a broken link`, carryOut, { channel: late, delaySteps });
        delaySteps += random.below(10);
      }
      scheduler.add(`${this.actor.name}: the link is broken`, fail, { actor: this.actor, channel: failures });
    }
  }
}

async function perform<T>(effect: () => T | Promise<T>): Promise<T> {
  return effect();
}
