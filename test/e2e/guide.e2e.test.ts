/** The guides are run as they stand: their files are saved, their commands typed into one shell, their output compared. */
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { topicsOf } from '@tierflow/config/namespace';
import { kafkaClient } from '@tierflow/kafka/connection';
import { deleteTopics } from '@tierflow/kafka/topics';
import { repositoryDir } from '@tierflow/local/paths';
import { OwnedProcess } from '@tierflow/local/processes/owned-process';
import { dropNamespace } from '@tierflow/redis/drop-namespace';
import { openRedis } from '@tierflow/redis/open-redis';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type GuideStep, guideSteps, shownPattern } from './guide-text.ts';

const namespace = 'guide';
const sourceTopics = ['shop.orders', 'support.calls'];
const timeoutMs = 300_000;

describe.each([
  { guide: 'deploy/guides/wire-your-own-topics.md', lang: 'en_GB.UTF-8' },
  { guide: 'deploy/guides/wire-your-own-topics.zh-CN.md', lang: 'zh_CN.UTF-8' },
  { guide: 'deploy/guides/change-a-policy.md', lang: 'en_GB.UTF-8' },
  { guide: 'deploy/guides/change-a-policy.zh-CN.md', lang: 'zh_CN.UTF-8' },
])('$guide', ({ guide, lang }) => {
  const steps = guideSteps(readFileSync(join(repositoryDir, guide), 'utf8'));
  const commands = steps.filter(step => step.kind === 'command');
  let folder: string;
  let outputs: readonly string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tierflow-guide-'));
    outputs = await typeInto(folder, steps, lang);
  }, timeoutMs);

  afterAll(async () => {
    await forget();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each(commands.map((step, index) => ({ ...step, index })))('line $line: $command', ({ shown, index }) => {
    expect(outputs.length, `the session ended before or with this command:\n${outputs.at(-1)}`).toBeGreaterThan(
      index + 1,
    );
    if (shown.length > 0) expect(outputs[index]).toMatch(shownPattern(shown));
  });
});

/** What each command printed, and last what came after them all. The session ends where a command fails. */
async function typeInto(folder: string, steps: readonly GuideStep[], lang: string): Promise<readonly string[]> {
  const mark = '@@ next command @@';
  // A session that ends early would leave the services behind that it has started.
  const endServices = `trap 'kill $(jobs -p) 2>/dev/null' EXIT`;
  const script = steps.map(step =>
    step.kind === 'file'
      ? `cp ${join(folder, `.${step.line}`)} ${step.name}`
      : `${step.command}\nstatus=$?; [ $status -eq 0 ] || { echo "It ended with $status."; exit $status; }\necho '${mark}'`,
  );
  for (const step of steps) if (step.kind === 'file') writeFileSync(join(folder, `.${step.line}`), step.text);
  const [scriptFile, outputFile] = [join(folder, '.script'), join(folder, '.output')];
  writeFileSync(scriptFile, [endServices, ...script].join('\n'));

  const output = openSync(outputFile, 'w');
  const shell = await OwnedProcess.start({
    name: 'guide',
    command: 'bash',
    args: ['--noprofile', '--norc', scriptFile],
    cwd: folder,
    env: {
      ...process.env,
      PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
      TIERFLOW: repositoryDir,
      KAFKA_BROKERS: inject('kafkaBrokers'),
      REDIS_URL: inject('redisUrl'),
      SCHEMA_REGISTRY_URL: inject('schemaRegistryUrl'),
      TIERFLOW_NAMESPACE: namespace,
      LANG: lang,
      LC_ALL: '',
      LC_MESSAGES: '',
      NO_COLOR: '1',
    },
    logFile: outputFile,
    stdio: ['ignore', output, output],
  });
  try {
    await shell.exited;
  } finally {
    await shell.stop();
    closeSync(output);
  }
  return readFileSync(outputFile, 'utf8').split(`${mark}\n`);
}

async function forget(): Promise<void> {
  const connection = { brokers: inject('kafkaBrokers').split(','), clientId: 'guide', log: () => {} };
  await deleteTopics(connection, topicsOf(namespace));
  const admin = kafkaClient(connection).admin();
  await admin.connect();
  const present = (await admin.listTopics()).filter(topic => sourceTopics.includes(topic));
  await admin.deleteTopics({ topics: present });
  await admin.disconnect();
  const redis = await openRedis({ url: inject('redisUrl'), name: 'guide' });
  await dropNamespace(redis, namespace);
  redis.disconnect();
}
