/**
 * Every kind of bad record that the fixtures know, on real topics and through the running product: each is told of once, by
 * its place and its reason, with a sentence in two languages; what is good counts; no process minds.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RejectedEvent } from '@tierflow/codec/rejected-event';
import { afterAll, expect, test } from 'vitest';
import { badRecords, badRecordsDeployment, badRecordsSources } from '../fixtures/bad-records.ts';
import { pipelineUnderTest } from './pipeline-under-test.ts';
import type { Service } from './service.ts';
import { SourceTopic } from './source-topic.ts';

/** Where the records of a case lie in their topic, which has one partition. */
interface Placed {
  readonly topic: SourceTopic;
  readonly from: number;
  readonly to: number;
}

const topics = new Map<string, SourceTopic>();
const places: Placed[] = [];
let services: Service[];

const { zone, baseCurrency } = badRecordsDeployment;
const pipeline = pipelineUnderTest(
  'bad-records',
  async opened => {
    for (const { topic } of badRecords) topics.set(topic, topics.get(topic) ?? new SourceTopic(opened, topic));
    for (const topic of topics.values()) await topic.create(1);
    const ends = new Map<string, number>();
    for (const { topic: name, records } of badRecords) {
      const topic = topics.get(name)!;
      const from = ends.get(name) ?? 0;
      ends.set(name, from + records.length);
      places.push({ topic, from, to: from + records.length });
      // Compressed, because as it is one of them is more than a broker takes.
      await topic.write(records, true);
    }
    const sources = join(opened.folder, 'sources.yaml');
    writeFileSync(
      sources,
      [...topics].reduce(
        (text, [name, topic]) => text.replaceAll(`topic: ${name}\n`, `topic: ${topic.name}\n`),
        badRecordsSources,
      ),
    );
    services = [await opened.startTiering('tiering-1'), await opened.startIntake('intake-1', sources)];
    for (const topic of topics.values()) await topic.takenIn();
    await opened.drained();
  },
  undefined,
  ['--zone', zone, '--currency', baseCurrency],
);

afterAll(async () => {
  for (const topic of topics.values()) await topic.drop();
});

let rejectedEvents: readonly RejectedEvent[] | undefined;

/** By id, as a reader sorts repetitions out; in the order of the topic, and of the parts of a record. */
async function rejectedIn({ topic, from, to }: Placed): Promise<RejectedEvent[]> {
  rejectedEvents ??= await pipeline().rejectedEvents();
  const distinct = new Map(rejectedEvents.map(rejected => [rejected.id, rejected]));
  const placed = [...distinct.values()].flatMap(rejected => {
    const [, name, offset, part] = /^(.+)\/0@(\d+)(?:#(\d+))?$/.exec(rejected.id) ?? [];
    return name === topic.name ? [{ rejected, offset: Number(offset), part: Number(part ?? 0) }] : [];
  });
  return placed
    .filter(({ offset }) => offset >= from && offset < to)
    .sort((a, b) => a.offset - b.offset || a.part - b.part)
    .map(({ rejected }) => rejected);
}

test('there are more than forty kinds', () => expect(badRecords.length).toBeGreaterThan(40));

test.each(badRecords.map((each, index) => [each.name, index] as const))('%s', async (_name, index) => {
  const rejected = await rejectedIn(places[index]!);
  expect(rejected.map(({ reason }) => reason)).toEqual(badRecords[index]!.rejections);
  for (const { message, messageZh } of rejected) {
    expect(message).toMatch(/[.?)]$/);
    expect(messageZh).toMatch(/\p{Script=Han}/u);
  }
});

test('what is good is in the log, each once, and nothing else is', async () => {
  const facts = (await pipeline().logRecords()).flat().filter(({ key }) => key !== null);
  expect(facts.length).toBe(badRecords.reduce((sum, { acceptedCount }) => sum + acceptedCount, 0));
});

test('nothing else was rejected, and no process has ended', async () => {
  const ids = new Set((await pipeline().rejectedEvents()).map(({ id }) => id));
  expect(ids.size).toBe(badRecords.reduce((sum, { rejections }) => sum + rejections.length, 0));
  for (const { process } of services) expect(process.exit).toBeNull();
});
