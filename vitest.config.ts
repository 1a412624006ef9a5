import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

// A test's cost is in its suffix. Those with real servers share one set of them, so they run one file at a time.
const folders = ['packages', 'services', 'deploy', 'test'];
const filesWith = (suffix: string) => folders.map(folder => `${folder}/**/*.${suffix}.ts`);
const costly = ['int.test', 'sim.test', 'e2e.test'].flatMap(filesWith);
const servers = join(import.meta.dirname, 'test/setup/servers.ts');

export default defineConfig({
  test: {
    // Explicit, so that what the runner itself was started with does not reach the workers.
    execArgv: ['--disable-warning=TimeoutNegativeWarning'],
    projects: [
      { extends: true, test: { name: 'unit', include: filesWith('test'), exclude: ['**/node_modules/**', ...costly] } },
      {
        extends: true,
        test: { name: 'sim', include: filesWith('sim.test'), testTimeout: 120_000, sequence: { groupOrder: 1 } },
      },
      {
        extends: true,
        test: {
          name: 'int',
          include: filesWith('int.test'),
          globalSetup: servers,
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 180_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: filesWith('e2e.test'),
          globalSetup: servers,
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
