import { randomUUID } from 'node:crypto';
import { ConfigResourceTypes } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { kafkaClient } from './connection.ts';
import { connectionUnderTest } from './kafka-under-test.ts';
import { checkTopics, createTopics, deleteTopics, type TopicNames } from './topics.ts';

const connection = connectionUnderTest();

function names(): TopicNames {
  const namespace = `test-${randomUUID()}`;
  return {
    customerEvents: `${namespace}.customer-events`,
    tierChanges: `${namespace}.tier-changes`,
    customerTiers: `${namespace}.customer-tiers`,
    rejectedEvents: `${namespace}.rejected-events`,
    tierPolicies: `${namespace}.tier-policies`,
  };
}

describe('topics', () => {
  it('are created once, checked, deleted, and created again at once', async () => {
    const topics = names();
    expect(await checkTopics(connection, topics, 4)).toHaveLength(5);
    await createTopics(connection, topics, 4, 1);
    await createTopics(connection, topics, 4, 1);
    expect(await checkTopics(connection, topics, 4)).toEqual([]);
    await deleteTopics(connection, topics);
    expect((await checkTopics(connection, topics, 4)).map(({ problem }) => problem)).toContain('does not exist');
    await createTopics(connection, topics, 2, 1);
    expect(await checkTopics(connection, topics, 2)).toEqual([]);
    await deleteTopics(connection, topics);
    await deleteTopics(connection, topics);
  });

  it('with a setting that could lose the cursor are named with the remedy', async () => {
    const topics = names();
    await createTopics(connection, topics, 3, 1);
    const admin = kafkaClient(connection).admin();
    await admin.connect();
    await admin.alterConfigs({
      validateOnly: false,
      resources: [
        {
          type: ConfigResourceTypes.TOPIC,
          name: topics.tierChanges,
          configEntries: [{ name: 'retention.ms', value: '604800000' }],
        },
      ],
    });
    await admin.disconnect();
    // The broker applies a new configuration some moments after it has accepted it.
    await expect
      .poll(() => checkTopics(connection, topics, 4))
      .toEqual(
        expect.arrayContaining([
          expect.objectContaining({
            topic: topics.tierChanges,
            problem: 'retention.ms is 604800000, it must be -1',
            remedy: expect.stringContaining(`--entity-name ${topics.tierChanges} --add-config retention.ms=-1`),
          }),
          expect.objectContaining({
            topic: topics.customerEvents,
            problem: 'has 3 partitions, the namespace was opened with 4',
          }),
        ]),
      );
    await deleteTopics(connection, topics);
  });
});
