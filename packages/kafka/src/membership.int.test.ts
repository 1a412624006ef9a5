import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { kafkaClient } from './connection.ts';
import { connectionUnderTest, createTopic, until } from './kafka-under-test.ts';
import { Membership } from './membership.ts';

const connection = connectionUnderTest();
const partitions = 6;
const running = new Set<Membership>();

afterEach(async () => {
  await Promise.all([...running].map(membership => membership.stop()));
  running.clear();
});

interface Joined {
  owned: readonly number[];
  assignments: number;
  losses: number;
  membership: Membership;
}

function join(groupId: string, topic: string, onLog: (message: string) => void = () => {}): Joined {
  const joined: Joined = {
    owned: [],
    assignments: 0,
    losses: 0,
    membership: new Membership(
      { ...connection, log: (_, message) => onLog(message) },
      {
        groupId,
        topic,
        sessionTimeoutMs: 6000,
        heartbeatIntervalMs: 200,
        onAssigned: owned => {
          joined.owned = owned;
          joined.assignments++;
        },
        onLost: () => {
          joined.owned = [];
          joined.losses++;
        },
      },
    ),
  };
  running.add(joined.membership);
  joined.membership.start();
  return joined;
}

async function leave(joined: Joined): Promise<void> {
  running.delete(joined.membership);
  await joined.membership.stop();
}

const complete = (...members: Joined[]) => {
  const all = members.flatMap(({ owned }) => owned).toSorted((a, b) => a - b);
  return all.length === partitions && all.every((partition, i) => partition === i);
};
const shares = (...members: Joined[]) => members.map(({ owned }) => owned.length).toSorted();

describe('membership', () => {
  it('spreads the partitions evenly over 2, then 1, then 3 members, and moves no more than it must', async () => {
    const topic = await createTopic(connection, partitions);
    const groupId = `test-${randomUUID()}`;
    const [first, second] = [join(groupId, topic), join(groupId, topic)];
    await until(() => complete(first, second) && shares(first, second).join() === '3,3');

    const leftAt = performance.now();
    await leave(second);
    expect(second).toMatchObject({ owned: [], losses: 1 });
    await until(() => complete(first));
    // Promptly, not by the session running out.
    expect(performance.now() - leftAt).toBeLessThan(5000);

    const [third, fourth] = [join(groupId, topic), join(groupId, topic)];
    await until(() => complete(first, third, fourth) && shares(first, third, fourth).join() === '2,2,2');
    expect(first.losses).toBe(0);
  });

  it('stays the same member while it has nothing to do for longer than a session', async () => {
    const topic = await createTopic(connection, partitions);
    const groupId = `test-${randomUUID()}`;
    const only = join(groupId, topic);
    await until(() => complete(only));
    const admin = kafkaClient(connection).admin();
    await admin.connect();
    const memberIds = async () =>
      (await admin.describeGroups([groupId])).groups[0]!.members.map(({ memberId }) => memberId);
    const before = await memberIds();
    const startedAt = performance.now();
    await until(() => performance.now() - startedAt > 7000);
    expect(before).toHaveLength(1);
    expect(await memberIds()).toEqual(before);
    expect(only.losses).toBe(0);
    await admin.disconnect();
  });

  it('leaves and comes back with a new assignment when it was fenced', async () => {
    const topic = await createTopic(connection, partitions);
    const only = join(`test-${randomUUID()}`, topic);
    await until(() => complete(only));
    only.membership.rejoin();
    await until(() => only.assignments === 2 && complete(only));
    expect(only.losses).toBe(1);
  });

  it('commits group offsets for the tools that show lag', async () => {
    const topic = await createTopic(connection, partitions);
    const groupId = `test-${randomUUID()}`;
    const only = join(groupId, topic);
    await until(() => complete(only));
    await only.membership.commitOffsets([{ partition: 2, offset: 41 }]);
    const admin = kafkaClient(connection).admin();
    await admin.connect();
    const [offsets] = await admin.fetchOffsets({ groupId, topics: [topic] });
    await admin.disconnect();
    expect(offsets?.partitions.find(({ partition }) => partition === 2)?.offset).toBe('41');
  });

  it('keeps trying until its topic exists', async () => {
    const topic = `test-${randomUUID()}`;
    const refused: string[] = [];
    const early = join(`test-${randomUUID()}`, topic, message => refused.push(message));
    await until(() => refused.includes('joining the group failed'));
    await createTopic(connection, partitions, {}, topic);
    await until(() => complete(early));
  });
});
