/** A pipeline for one test file, on the servers that all files share. */
import { afterAll, beforeAll, beforeEach, inject, vi } from 'vitest';
import { Pipeline, samplePolicy } from './pipeline.ts';

/** Far more than is needed: a busy machine is no failure, and what hangs is seen all the same. */
const timeoutMs = 600_000;

/** `prepare` is what all tests of the file look at. The logs are kept where it or a test fails. */
export function pipelineUnderTest(
  name: string,
  prepare: (pipeline: Pipeline) => Promise<void>,
  policy = samplePolicy,
  initOptions: readonly string[] = [],
): () => Pipeline {
  let pipeline: Pipeline | undefined;
  vi.setConfig({ testTimeout: timeoutMs });

  beforeAll(async () => {
    const servers = {
      kafkaBrokers: inject('kafkaBrokers'),
      redisUrl: inject('redisUrl'),
      schemaRegistryUrl: inject('schemaRegistryUrl'),
    };
    pipeline = await Pipeline.open(servers, name, 4, policy, ...initOptions);
    try {
      await prepare(pipeline);
    } catch (error) {
      pipeline.keepFolder();
      throw error;
    }
  }, timeoutMs);

  beforeEach(({ onTestFailed }) => onTestFailed(() => pipeline?.keepFolder()));
  afterAll(() => pipeline?.close());
  return () => pipeline!;
}
