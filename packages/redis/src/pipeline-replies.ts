import { PortFailure } from '@tierflow/processor/errors';
import type { ChainableCommander } from 'ioredis';
import { toPortError } from './errors.ts';

/** The replies of a pipeline or transaction; the first error among them is thrown. */
export async function repliesOf(commands: ChainableCommander): Promise<unknown[]> {
  let results: [error: Error | null, result: unknown][] | null;
  try {
    results = await commands.exec();
  } catch (error) {
    throw toPortError(error);
  }
  if (results === null) throw new PortFailure('store', 'Redis discarded the read.');
  return results.map(([error, result]) => {
    if (error) throw toPortError(error);
    return result;
  });
}
