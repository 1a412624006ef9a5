/**
 * Ports that fail at chosen calls, before the call is done or after: then only the answer is lost. A planned failure
 * happens once, so a run with finitely many of them comes to its end.
 */
import { PortFailure } from '@tierflow/processor/errors';
import type { Publisher } from '@tierflow/processor/ports';
import type { TakeOverPorts } from '@tierflow/processor/take-over';

export interface Crash {
  /** Calls that succeed before it. */
  readonly afterCalls: number;
  readonly isDone: boolean;
}

export class Crashes {
  private readonly plan: Crash[];
  private calls = 0;

  constructor(plan: readonly Crash[]) {
    this.plan = [...plan];
  }

  readonly call = async <T>(action: () => Promise<T>): Promise<T> => {
    const [crash] = this.plan;
    if (crash === undefined || this.calls++ < crash.afterCalls) return action();
    this.plan.shift();
    this.calls = 0;
    if (crash.isDone) await action();
    throw new PortFailure('connection', 'The connection was lost.');
  };

  over(ports: TakeOverPorts): TakeOverPorts {
    const { call } = this;
    const { store, log, tail, publishers, rejections, outbox } = ports;
    return {
      outbox,
      store: {
        claim: (...given) => call(() => store.claim(...given)),
        reset: (...given) => call(() => store.reset(...given)),
        verify: (...given) => call(() => store.verify(...given)),
        loadHeads: (...given) => call(() => store.loadHeads(...given)),
        loadChunks: (...given) => call(() => store.loadChunks(...given)),
        due: (...given) => call(() => store.due(...given)),
        commit: (...given) => call(() => store.commit(...given)),
      },
      log: {
        bounds: partition => call(() => log.bounds(partition)),
        genesis: partition => call(() => log.genesis(partition)),
      },
      tail: { lastEmission: partition => call(() => tail.lastEmission(partition)) },
      rejections: { report: (...given) => call(() => rejections.report(...given)) },
      // An open has no effect elsewhere: what matters of a new producer begins with its fence.
      publishers: { open: async partition => this.overPublisher(await publishers.open(partition)) },
    };
  }

  private overPublisher(publisher: Publisher): Publisher {
    return {
      fence: () => this.call(() => publisher.fence()),
      publish: (...given) => this.call(() => publisher.publish(...given)),
      close: () => publisher.close(),
    };
  }
}
