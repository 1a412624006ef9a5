/**
 * Weaknesses that a protocol like this one may have. Each is the opposite of a rule, and shows that the rule does something.
 * The simulator has to catch every one.
 */
import type { Weakness } from '../weakness/weaken.ts';

const takeOver = 'packages/processor/src/take-over.ts';
const task = 'packages/processor/src/partition-task.ts';
const store = 'packages/processor/src/in-memory-state-store.ts';
const publisher = 'packages/kafka/src/transactional-publisher.ts';
const producer = 'packages/kafka/src/transactional-producer.ts';
const changes = 'packages/customer/src/changes.ts';
const fold = 'packages/processor/src/partition-fold.ts';
const partitionState = 'packages/processor/src/partition-state.ts';
const judgement = 'packages/processor/src/judgement.ts';
const rankWrites = 'packages/processor/src/rank-writes.ts';
const codec = 'packages/customer/src/customer-codec.ts';
const worker = 'services/tiering/src/partition-worker.ts';
const world = 'test/simulator/world.ts';

const readTail = 'const tail = await ports.tail.lastEmission(partition);';
const emittedIsTail = 'const emitted = tail.id;';
const published = 'this.acknowledged = entries.at(-1)!.last;';

export const weaknesses: readonly Weakness[] = [
  {
    name: 'kReadBeforeFence',
    what: 'K is read before the predecessor is fenced, whose transaction may still move it',
    edits: [
      { file: takeOver, find: 'await publisher.fence();', replace: `${readTail} await publisher.fence();` },
      { file: takeOver, find: `    ${readTail}\n`, replace: '' },
    ],
  },
  {
    name: 'neverFences',
    what: 'a new owner sends without having fenced its predecessor',
    edits: [{ file: takeOver, find: 'await publisher.fence();', replace: '' }],
  },
  {
    name: 'missingIsFresh',
    what: 'a store without state is taken for a new one, and everything is emitted again',
    edits: [
      { file: takeOver, find: emittedIsTail, replace: 'let emitted = tail.id;' },
      {
        file: takeOver,
        find: 'if (cursor === null) await',
        replace: 'if (cursor === null) emitted = null; if (cursor === null) await',
      },
    ],
  },
  {
    name: 'trustsRedis',
    what: 'what Redis says was published is believed, instead of the output',
    edits: [
      { file: takeOver, find: emittedIsTail, replace: 'let emitted = tail.id;' },
      { file: takeOver, find: '// 4. Guards', replace: 'emitted = claimed.acknowledged; // 4. Guards' },
    ],
  },
  {
    name: 'publishesWholeOutbox',
    what: 'all that the outbox holds is published after a takeover, whatever K is',
    edits: [
      { file: takeOver, find: 'emitted === null || compareIds(last, emitted) > 0', replace: 'true' },
      {
        file: task,
        find: 'this.publisher.publish(entries, this.emitted)',
        replace: 'this.publisher.publish(entries, null)',
      },
    ],
  },
  {
    name: 'straddlingEntry',
    what: 'an outbox entry that holds K in its middle is published as a whole',
    edits: [
      {
        file: task,
        find: 'this.publisher.publish(entries, this.emitted)',
        replace: 'this.publisher.publish(entries, null)',
      },
    ],
  },
  {
    name: 'refoldEmitsAgain',
    what: 'a refold does not drop what is on the output already',
    edits: [
      { file: task, find: 'this.emitted === null || compareIds(id, this.emitted) > 0', replace: 'true' },
      {
        file: task,
        find: 'this.publisher.publish(entries, this.emitted)',
        replace: 'this.publisher.publish(entries, null)',
      },
    ],
  },
  {
    name: 'trimsUnconfirmed',
    what: 'the outbox is trimmed up to what waits, not up to what was published',
    edits: [
      {
        file: task,
        find: 'const { acknowledged } = this;',
        replace: 'const acknowledged = this.queue.at(-1)?.last ?? this.acknowledged;',
      },
    ],
  },
  {
    name: 'acknowledgesEarly',
    what: 'a transaction counts as published when it begins',
    edits: [
      {
        file: task,
        find: 'const entries = this.takeTransaction();',
        replace: 'const entries = this.takeTransaction(); this.acknowledged = entries.at(-1).last;',
      },
    ],
  },
  {
    name: 'publishesBeforeCommit',
    what: 'changes are published before the state that they belong to is stored',
    edits: [
      {
        file: task,
        find: 'this.isCommitting = true;',
        replace: 'this.isCommitting = true; if (entry !== null) this.enqueue(entry);',
      },
      { file: task, find: '        if (entry !== null) this.enqueue(entry);\n', replace: '' },
    ],
  },
  {
    name: 'outboxUnbounded',
    what: 'the fold never waits for the output',
    edits: [
      { file: task, find: 'if (this.publishing === null) return;\n    this.onOutputSlow(true);', replace: 'return;' },
    ],
  },
  {
    name: 'rejectionsNotAwaited',
    what: 'the cursor passes a record whose rejection may never be written',
    edits: [
      {
        file: task,
        find: 'await this.ports.rejections.report(this.partition, output.rejections);',
        replace: 'this.ports.rejections.report(this.partition, output.rejections).catch(() => {});',
      },
    ],
  },
  {
    name: 'counterIds',
    what: 'emissions are numbered from the last one on the output, instead of named after their record',
    edits: [
      {
        file: task,
        find: 'const entry = emissions.length > 0',
        replace:
          'for (const emission of emissions) emission.id = { offset: (this.counted = (this.counted ?? this.emitted?.offset ?? 0) + 1), index: 0 }; const entry = emissions.length > 0',
      },
    ],
  },
  {
    name: 'ignoresIndex',
    what: 'emissions of one record are not told apart when K is compared',
    edits: [
      {
        file: changes,
        find: 'return a.offset - b.offset || a.index - b.index;',
        replace: 'return a.offset - b.offset;',
      },
    ],
  },
  {
    name: 'keepsCache',
    what: 'customers in memory survive a failure after which they may be ahead of the store',
    edits: [
      {
        file: takeOver,
        find: 'const cache = new CustomerCache(settings.cacheCustomersMax);',
        replace: 'const cache = (ports.store.kept ??= new CustomerCache(settings.cacheCustomersMax));',
      },
    ],
  },
  {
    name: 'forgetsCounters',
    what: 'flow and stock begin at zero with each owner',
    edits: [{ file: takeOver, find: 'cursor === null ? noCounters : claimed.counters', replace: 'noCounters' }],
  },
  {
    name: 'clockOutsideLog',
    what: 'the day is the process’s, so a refold sees another one than the first fold',
    edits: [
      {
        file: takeOver,
        find: 'const start = { token,',
        replace: 'state.logDay = Math.max(state.logDay, ports.store.day ?? state.logDay); const start = { token,',
      },
      {
        file: task,
        find: 'this.fold.cache.turn();',
        replace: 'this.ports.store.day = this.fold.state.logDay; this.fold.cache.turn();',
      },
    ],
  },
  {
    name: 'rememberedK',
    what: 'K is the last transaction that this process knows to have succeeded',
    edits: [
      { file: takeOver, find: emittedIsTail, replace: 'const emitted = ports.store.lastPublished ?? tail.id;' },
      { file: task, find: published, replace: `${published} this.ports.store.lastPublished = this.acknowledged;` },
    ],
  },
  {
    name: 'noCursorCheck',
    what: 'a commit is accepted at any cursor',
    edits: [
      {
        file: store,
        find: 'this.check(partition, commit.token, commit.expectedCursor)',
        replace: 'this.checkToken(partition, commit.token)',
      },
    ],
  },
  {
    name: 'noTokenCheck',
    what: 'a commit is accepted from anybody',
    edits: [{ file: store, find: 'if (stored.token !== token)', replace: 'if (false)' }],
  },
  {
    name: 'uncheckedLoad',
    what: 'customers are loaded from whatever state the store has just now',
    edits: [
      {
        file: store,
        find: '    const stored = this.check(partition, token, cursor);\n    return ids.map',
        replace: '    const stored = this.partition(partition);\n    return ids.map',
      },
    ],
  },
  {
    name: 'readsUncommitted',
    what: 'K is read from records whose transaction may yet be aborted',
    edits: [
      {
        file: world,
        find: 'const { visible } = this.broker.changes;',
        replace: 'const visible = this.broker.changes.log.flatMap(({ message }) => message ?? []);',
      },
    ],
  },
  {
    name: 'acksNotAwaited',
    what: 'a transaction is committed while its records are still being sent',
    edits: [
      {
        file: publisher,
        find: 'for (const chunk of chunks(changes, sendRecordsMax)) await send(changesTopic, this.#partition, chunk);',
        replace:
          'for (const chunk of chunks(changes, sendRecordsMax)) send(changesTopic, this.#partition, chunk).catch(() => {});',
      },
    ],
  },
  {
    name: 'abortsOnError',
    what: 'a transaction that met an error is aborted and made again by the same producer',
    edits: [
      {
        file: producer,
        find: '  async transact(work: (send: Send) => Promise<void>): Promise<void> {\n',
        replace: `  async transact(work) {
    try {
      await this.transactOnce(work);
    } catch (error) {
      const { open } = this;
      if (open === undefined) throw error;
      this.open = undefined;
      this.#failure = null;
      await open.abort().catch(() => { throw error; });
      await this.transact(work);
    }
  }

  async transactOnce(work) {\n`,
      },
      { file: producer, find: 'await work(async', replace: 'this.open = transaction; await work(async' },
      {
        file: producer,
        find: 'await transaction.commit();',
        replace: 'await transaction.commit(); this.open = undefined;',
      },
    ],
  },
  {
    name: 'keepsProducer',
    what: 'a producer is used again after an error',
    edits: [
      { file: producer, find: 'if (this.#failure !== null) throw this.#failure;', replace: '' },
      {
        file: publisher,
        find: 'const producer = this.#producerOf(this.#options.transactionalId(partition));',
        replace: 'const producer = (this.kept ??= this.#producerOf(this.#options.transactionalId(partition)));',
      },
    ],
  },
  {
    name: 'reusesToken',
    what: 'a process claims with the same token every time',
    edits: [{ file: worker, find: 'this.ports.newToken()', replace: '(this.ports.token ??= this.ports.newToken())' }],
  },
  {
    name: 'priorOutlivesFacts',
    what: 'a rollback restores what a customer was before a fact that came since',
    edits: [
      {
        file: fold,
        find: 'this.judgement.bring(record, customer, fact.businessDay);\n    customer.prior = null;',
        replace: 'this.judgement.bring(record, customer, fact.businessDay);',
      },
    ],
  },
  {
    name: 'priorNotStored',
    what: 'what a customer was before the roll-out is known to the owner that saw it only',
    edits: [
      { file: codec, find: '(customer.prior === null ? 0 : flags.prior)', replace: '0' },
      { file: codec, find: 'if (customer.prior !== null) writePrior(customer.prior, names);', replace: '' },
    ],
  },
  {
    name: 'followsLowerSeq',
    what: 'a sweep of an earlier roll-out takes a slice back',
    edits: [
      {
        file: partitionState,
        find: 'if (rolloutSeq > follow.rolloutSeq)',
        replace: 'if (rolloutSeq !== follow.rolloutSeq)',
      },
    ],
  },
  {
    name: 'calibrationsNotStored',
    what: 'the cuts that were published are known to the owner that read them only',
    edits: [{ file: partitionState, find: 'calibrations: this.catalog.calibrations(),', replace: 'calibrations: [],' }],
  },
  {
    name: 'takesPlacesForStored',
    what: 'places that were written under another policy are taken for those of this one',
    edits: [
      {
        file: rankWrites,
        find: 'const isKnown = customer.rankedUnder === policy;',
        replace: 'const isKnown = customer.rankedUnder !== null;',
      },
    ],
  },
  {
    name: 'dropsEarly',
    what: 'a commit that waits drops the rank indexes of the record after it',
    edits: [
      {
        file: partitionState,
        find: 'this.droppedRankings = [];\n    return dropped;',
        replace: 'if (dropped.length > 0) this.droppedRankings = [];\n    return dropped;',
      },
    ],
  },
  {
    name: 'indexPutsWarningsOff',
    what: 'an index sweep reckons a due day without the warnings, which a loaded customer does not know',
    edits: [
      {
        file: judgement,
        find: 'Math.min(customer.dueDay, nextDeadline(customer, own))',
        replace: 'nextDeadline(customer, own)',
      },
    ],
  },
];

export function findWeakness(name: string): Weakness {
  const weakness = weaknesses.find(candidate => candidate.name === name);
  if (weakness !== undefined) return weakness;
  throw new Error(`There is no weakness ${name}. There are: ${weaknesses.map(each => each.name).join(', ')}.`);
}
