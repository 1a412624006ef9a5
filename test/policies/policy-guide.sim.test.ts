/** The commands of the policy guides are typed, and the records that the guides show are among what comes out. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryDir } from '@tierflow/local/paths';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { guideSteps, shownPattern } from '../e2e/guide-text.ts';
import { readPolicyGuide } from './policy-guide.ts';

const tierctl = join(repositoryDir, 'services/tierctl/src/main.ts');

describe.each([
  { name: 'policies.md', lang: 'en_GB.UTF-8' },
  { name: 'policies.zh-CN.md', lang: 'zh_CN.UTF-8' },
])('$name', ({ name, lang }) => {
  const markdown = readFileSync(join(repositoryDir, 'deploy/guides', name), 'utf8');
  const { files, shown } = readPolicyGuide(markdown);
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tierflow-policy-guide-'));
    for (const [file, text] of files) writeFileSync(join(folder, file), text);
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  test('its commands print what it shows, and its records come out', () => {
    const commands = guideSteps(markdown).filter(step => step.kind === 'command');
    expect(commands.length).toBeGreaterThan(0);
    for (const { command, shown: output } of commands) {
      const [program, ...args] = command.split(' ');
      expect(program).toBe('tierctl');
      const env = { ...process.env, LANG: lang, LC_ALL: '', LC_MESSAGES: '', NO_COLOR: '1' };
      const flags = ['--disable-warning=TimeoutNegativeWarning'];
      const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, tierctl, ...args], {
        cwd: folder,
        env,
        encoding: 'utf8',
      });
      expect(status, stderr).toBe(0);
      expect(stdout).toMatch(shownPattern(output));
    }
    const lines = readFileSync(join(folder, 'result/tier-changes.jsonl'), 'utf8').trimEnd().split('\n');
    const records = lines.map(line => JSON.parse(line));
    expect(shown.length).toBe(2);
    for (const json of shown) expect(records).toContainEqual(JSON.parse(json));
  });
});
