/**
 * Time of the simulated world. There are no timers: whatever may happen next, the arrival of a request, of a reply, the
 * end of a pause, is a task, and the seed says which one happens. Between two tasks every promise that can go on has
 * gone on, so each await of the code under test is a place where anything else may come first, a crash among it.
 */
import type { SplitMix64 } from '../bench/split-mix-64.ts';

/** Something that can be frozen or die, and then runs none of its tasks. */
export interface Actor {
  readonly name: string;
  isFrozen: boolean;
  isDead: boolean;
}

/** Tasks of one channel happen in their order, as on a connection. */
export class Channel {
  readonly queue: Task[] = [];
}

interface Task {
  readonly label: string;
  /** null: the network or a server. */
  readonly actor: Actor | null;
  readonly channel: Channel | null;
  readonly notBefore: number;
  run(): void;
}

export interface TaskOptions {
  readonly actor?: Actor;
  readonly channel?: Channel;
  /** Steps that pass at least. */
  readonly delaySteps?: number;
}

export class Scheduler {
  /** Steps so far. */
  now = 0;
  /** Labels of what happened, where somebody wants to know. */
  readonly trace: string[] | null;
  private readonly random: SplitMix64;
  private tasks: Task[] = [];

  constructor(random: SplitMix64, isTraced: boolean) {
    this.random = random;
    this.trace = isTraced ? [] : null;
  }

  add(label: string, run: () => void, { actor, channel, delaySteps = 0 }: TaskOptions = {}): void {
    if (actor?.isDead) return;
    const task: Task = { label, actor: actor ?? null, channel: channel ?? null, notBefore: this.now + delaySteps, run };
    task.channel?.queue.push(task);
    this.tasks.push(task);
  }

  /** Takes the tasks of a channel that have not happened. */
  clear(channel: Channel): void {
    if (channel.queue.length === 0) return;
    const cleared = new Set(channel.queue.splice(0));
    this.tasks = this.tasks.filter(task => !cleared.has(task));
  }

  /** A dead actor hears nothing any more. */
  bury(actor: Actor): void {
    actor.isDead = true;
    for (const task of this.tasks) {
      if (task.actor !== actor || task.channel === null) continue;
      task.channel.queue.splice(task.channel.queue.indexOf(task), 1);
    }
    this.tasks = this.tasks.filter(task => task.actor !== actor);
  }

  note(label: string): void {
    this.trace?.push(`${this.now} ${label}`);
  }

  /** Lets one task happen, and then everything that follows from it at once. False where nothing can happen. */
  async step(): Promise<boolean> {
    const possible = this.tasks.filter(
      task => !task.actor?.isFrozen && (task.channel === null || task.channel.queue[0] === task),
    );
    if (possible.length === 0) return false;
    this.now++;
    const due = possible.filter(({ notBefore }) => notBefore <= this.now);
    const choices = due.length > 0 ? due : [possible.reduce((a, b) => (b.notBefore < a.notBefore ? b : a))];
    const task = choices[this.random.below(choices.length)]!;
    this.tasks.splice(this.tasks.indexOf(task), 1);
    task.channel?.queue.shift();
    this.note(task.label);
    task.run();
    await settled();
    return true;
  }

  /** After something was done from outside of a task. */
  settle(): Promise<void> {
    return settled();
  }
}

/** An immediate comes only when no promise has anything left to do. */
const settled = (): Promise<void> => new Promise(resolve => setImmediate(resolve));
