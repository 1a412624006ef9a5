/** Where a fold runs does not show: neither the major of Node, nor time zone and language, nor what V8 optimizes. */
import { stateFormat } from '@tierflow/customer/customer-codec';
import { repositoryDir } from '@tierflow/local/paths';
import { runToEnd } from '@tierflow/local/processes/run-to-end';
import { expect, test } from 'vitest';
import { goldenReleases, readDigests, readStateDigests } from './golden-logs.ts';
import type { PrintedDigests } from './print-digests.ts';
import { secondNode, secondNodeMajor } from './second-node.ts';

interface Host {
  readonly node: 'own' | 'second';
  readonly zone: string;
  /** As in LANG, and as Intl names it. */
  readonly language: string;
  readonly locale: string;
  /** Of Node. */
  readonly options: string;
}

const hosts: readonly Host[] = [
  { node: 'own', zone: 'UTC', language: 'en_US.UTF-8', locale: 'en-US', options: '' },
  { node: 'own', zone: 'Asia/Shanghai', language: 'zh_CN.UTF-8', locale: 'zh-CN', options: '' },
  { node: 'own', zone: 'America/St_Johns', language: 'tr_TR.UTF-8', locale: 'tr-TR', options: '--no-opt' },
  { node: 'second', zone: 'UTC', language: 'de_DE.UTF-8', locale: 'de-DE', options: '' },
  { node: 'second', zone: 'Asia/Shanghai', language: 'zh_CN.UTF-8', locale: 'zh-CN', options: '' },
];

const fetchAndFoldMs = 300_000;

test.each(hosts)(
  'Node: $node, TZ=$zone, LANG=$language, options: $options',
  { timeout: fetchAndFoldMs },
  async host => {
    const printed = await foldOn(host);
    const ownMajor = Number(process.versions.node.split('.')[0]);
    expect(Number(printed.node.split('.')[0])).toBe(host.node === 'own' ? ownMajor : secondNodeMajor);
    expect(ownMajor).not.toBe(secondNodeMajor);
    expect([printed.zone, printed.locale]).toEqual([host.zone, host.locale]);
    for (const release of goldenReleases()) {
      expect(printed.releases[release]?.logs).toEqual(readDigests(release));
      expect(printed.releases[release]?.states).toEqual(readStateDigests(release, stateFormat));
    }
  },
);

async function foldOn({ node, zone, language, options }: Host): Promise<PrintedDigests> {
  const output = await runToEnd({
    command: node === 'own' ? process.execPath : await secondNode(),
    args: [
      '--experimental-strip-types',
      '--disable-warning=ExperimentalWarning',
      ...options.split(' ').filter(option => option !== ''),
      'test/golden/print-digests.ts',
    ],
    cwd: repositoryDir,
    env: { ...process.env, TZ: zone, LANG: language, LC_ALL: language, LANGUAGE: '' },
  });
  return JSON.parse(output.trim().split('\n').at(-1)!);
}
