/**
 * Opens the log of a namespace, or finds that it is open with the very same settings. What is fixed here is fixed for
 * ever: every partition begins with it, and customers were placed by it.
 */
import { randomUUID } from 'node:crypto';
import { type Deployment, openLog } from '@tierflow/config/deployment';
import type { LogOpened, PolicyPublished } from '@tierflow/customer/events';
import { checkTopics, createTopics } from '@tierflow/kafka/topics';
import { logOpening } from '@tierflow/processor/day-opening';
import { evictionWarning } from '@tierflow/redis/eviction-warning';
import { ensureFunctions } from '@tierflow/redis/function-library';
import { readMemory } from '@tierflow/redis/memory';
import { CommandFailure } from '../command-failure.ts';
import type { Connections } from '../connections.ts';
import { ControlLog } from '../control-log.ts';
import { note } from '../terminal.ts';

export interface OpenedNamespace {
  readonly outcome: 'opened' | 'unchanged';
  readonly genesis: LogOpened;
}

export async function openNamespace(
  connections: Connections,
  deployment: Deployment,
  policy: PolicyPublished,
  replication: number,
): Promise<OpenedNamespace> {
  const { namespace, topics } = connections.environment;
  // 1. Everything that may be done twice. The schemas go first, because what the log holds is read by them.
  await connections.registry.register();
  await createTopics(connections.kafka, topics, deployment.partitions, replication);
  const redis = await connections.redis();
  await ensureFunctions(redis);
  const warning = evictionWarning(await readMemory(redis));
  if (warning !== null) note(warning);

  // 2. A log that is open has the last word.
  const open = async (): Promise<OpenedNamespace | null> => {
    const genesis = await connections.findGenesis();
    if (genesis === null) return null;
    checkSame(genesis, openLog(deployment, namespace, genesis.logId));
    await checkSamePolicy(connections, policy);
    return { outcome: 'unchanged', genesis };
  };
  const before = await open();
  await refuseWrongTopics(connections, deployment.partitions);
  if (before !== null) return before;

  // 3. One writer at a time: after the fence, an init that was faster has ended.
  const controls = await ControlLog.open(connections, deployment);
  const meanwhile = await open();
  if (meanwhile !== null) return meanwhile;

  // 4. The log with its first policy, which is listed in the same transaction.
  const genesis = openLog(deployment, namespace, randomUUID());
  await controls.write(logOpening(genesis, policy), policy);
  return { outcome: 'opened', genesis };
}

function checkSame(found: LogOpened, wanted: LogOpened): void {
  const different = (Object.keys(wanted) as (keyof LogOpened)[]).filter(name => found[name] !== wanted[name]);
  if (different.length === 0) return;
  const list = different.map(name => `${name} ${found[name]}, not ${wanted[name]}`).join('; ');
  throw new CommandFailure(
    `namespace ${found.namespace} was opened with ${list}`,
    'these settings never change: choose another --namespace and import into it',
  );
}

/** The first policy stands in the log right behind the genesis. */
async function checkSamePolicy(connections: Connections, wanted: PolicyPublished): Promise<void> {
  const reader = await connections.reader();
  for await (const records of reader.readAll(connections.environment.topics.customerEvents, 0, 0)) {
    for (const raw of records) {
      const { event } = await connections.decode(raw);
      if (event.type !== 'PolicyPublished') continue;
      if (event.hash === wanted.hash) return;
      throw new CommandFailure(
        `the log was opened with policy ${event.policyId} version ${event.version}, not with this ${wanted.policyId} version ${wanted.version}`,
        'a published policy never changes: use the same file, or begin anew with --fresh or another --namespace',
      );
    }
  }
}

async function refuseWrongTopics(connections: Connections, partitions: number): Promise<void> {
  const problems = await checkTopics(connections.kafka, connections.environment.topics, partitions);
  const first = problems[0];
  if (first === undefined) return;
  const text = problems.map(({ topic, problem }) => `${topic} ${problem}`).join('; ');
  throw new CommandFailure(text, first.remedy);
}
