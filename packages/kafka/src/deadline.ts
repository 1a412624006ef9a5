/**
 * No call of kafkajs is waited for without an end. A request that is handed to a connection in the instant in which that one
 * closes is neither sent nor refused, and its time-out is switched off together with the connection: its promise never
 * settles. What waits for it would wait until the process is started again.
 *
 * The deadlines lie far behind kafkajs' own time-outs, so they speak up only where those do not. The outcome of the call is
 * then unknown, as it is after any time-out.
 */
export class DeadlinePassed extends Error {
  override readonly name = 'DeadlinePassed';
}

/** How long to wait for what may never come. A port, because the simulator has no timers. */
export type Deadline = <T>(work: Promise<T>, ms: number, doing: string) => Promise<T>;

export async function withDeadline<T>(work: Promise<T>, ms: number, doing: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DeadlinePassed(`${doing}: no outcome within ${ms / 1000} s`)), ms);
  });
  // Whatever it comes to later, nobody waits for it any more.
  work.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

const disconnectMsMax = 5000;

/** A client that is thrown away is given some time to say goodbye; nothing depends on it. */
export async function disconnected(
  client: { disconnect(): Promise<void> },
  deadline: Deadline = withDeadline,
): Promise<void> {
  await deadline(client.disconnect(), disconnectMsMax, 'disconnecting').catch(() => {});
}
