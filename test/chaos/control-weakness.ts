/**
 * What the negative control takes out of the product, and how it lets the client give up sooner, so that within a minute
 * there are errors for the rules to matter.
 */
import type { Weakness } from '../weakness/weaken.ts';

const producer = 'packages/kafka/src/transactional-producer.ts';
const takeOver = 'packages/processor/src/take-over.ts';

export const controlWeakness: Weakness = {
  name: 'keptProducerAndRememberedK',
  what:
    'after an error the producer aborts its transaction and is kept wherever the client lets it be, as if the outcome and ' +
    'the sequence numbers were known; and K is what the store heard of the last commit that returned OK, not what the ' +
    'tail of the output says',
  edits: [
    {
      file: producer,
      find: "import { explicitPartitioner, type KafkaConnection, kafkaClient, producerRetry } from './connection.ts';",
      replace: `import { explicitPartitioner, type KafkaConnection, kafkaClient as openClient } from './connection.ts';
const producerRetry = { initialRetryTime: 5, multiplier: 1.5, retries: 4, maxRetryTime: 100 };
const kept = new Map();
const kafkaClient = connection => ({
  producer(options) {
    const producer = kept.get(options.transactionalId) ?? openClient(connection).producer(options);
    kept.set(options.transactionalId, producer);
    return producer;
  },
});`,
    },
    {
      file: producer,
      find: 'const transaction = await this.#producer.transaction();\n      await work(',
      replace: 'const transaction = (this.transaction = await this.#producer.transaction());\n      await work(',
    },
    {
      file: producer,
      find: 'const failure = toPortError(error,',
      replace: `const isAborted = await this.transaction?.abort().then(() => true, () => false);
      if (!isAborted || /out of order/.test(error.message)) kept.delete(this.#transactionalId);
      const failure = toPortError(error,`,
    },
    {
      file: producer,
      find: 'this.#failure = failure instanceof Fenced || failure instanceof PortFailure ? failure : null;\n      this.#failure ??= new',
      replace: 'void new',
    },
    { file: producer, find: 'await disconnected(this.#producer, this.#deadline);', replace: '' },
    { file: takeOver, find: 'const emitted = tail.id;', replace: 'let emitted = tail.id;' },
    {
      file: takeOver,
      find: 'const claimed = await ports.store.claim(partition, token, emitted);',
      replace:
        'const claimed = await ports.store.claim(partition, token, emitted);\n    emitted = claimed.acknowledged;',
    },
  ],
};
