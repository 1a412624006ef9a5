/**
 * The negative control takes two rules out of the source:
 *
 * - after an error the producer aborts its transaction and is kept wherever the client lets it be, as if the outcome and
 *   the sequence numbers were still known;
 * - K is what the store heard of the last commit that returned OK, not what the tail of the output says.
 *
 * And the client gives up sooner, so that within a minute there are errors for the rules to matter.
 */

export interface Weakening {
  readonly file: string;
  readonly pieces: readonly (readonly [from: string, to: string])[];
}

export const weakenings: readonly Weakening[] = [
  {
    file: 'packages/kafka/src/transactional-producer.ts',
    pieces: [
      [
        "import { explicitPartitioner, type KafkaConnection, kafkaClient, producerRetry } from './connection.ts';",
        `import { explicitPartitioner, type KafkaConnection, kafkaClient as openClient } from './connection.ts';
const producerRetry = { initialRetryTime: 5, multiplier: 1.5, retries: 4, maxRetryTime: 100 };
const kept = new Map();
const kafkaClient = connection => ({
  producer(options) {
    const producer = kept.get(options.transactionalId) ?? openClient(connection).producer(options);
    kept.set(options.transactionalId, producer);
    return producer;
  },
});`,
      ],
      [
        'const transaction = await this.#producer.transaction();\n      await work(',
        'const transaction = (this.transaction = await this.#producer.transaction());\n      await work(',
      ],
      [
        'const failure = toPortError(error,',
        `const isAborted = await this.transaction?.abort().then(() => true, () => false);
      if (!isAborted || /out of order/.test(error.message)) kept.delete(this.#transactionalId);
      const failure = toPortError(error,`,
      ],
      ['this.#failure = failure instanceof Fenced || failure instanceof PortFailure ? failure : null;', ''],
      [`this.#failure ??= new PortFailure('protocol', \`\${this.#transactionalId} failed before\`, failure);`, ''],
      ['await disconnected(this.#producer);', ''],
    ],
  },
  {
    file: 'packages/processor/src/take-over.ts',
    pieces: [
      ['const emitted = tail.id;', 'let emitted = tail.id;'],
      [
        'const claimed = await ports.store.claim(partition, token, emitted);',
        'const claimed = await ports.store.claim(partition, token, emitted);\n    emitted = claimed.acknowledged;',
      ],
    ],
  },
];

/** @throws where a piece is not found any more: a control that weakens nothing would prove nothing */
export function weaken(source: string, { file, pieces }: Weakening): string {
  let weakened = source;
  for (const [from, to] of pieces) {
    if (weakened.split(from).length !== 2) throw new Error(`${file} does not hold this piece once: ${from}`);
    weakened = weakened.replace(from, () => to);
  }
  return weakened;
}
