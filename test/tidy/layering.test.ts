/** Holds the table in packages/README.md: who may import whom, and what the core must not touch. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

interface Row {
  readonly name: string;
  readonly ring: number;
  readonly mayImport: ReadonlySet<string>;
  readonly libraries: ReadonlySet<string>;
}

const words = (cell: string): Set<string> => new Set(cell.split(/\s+/).filter(word => word !== ''));

function readTable(): Row[] {
  const lines = readFileSync(join(root, 'packages/README.md'), 'utf8').split('\n');
  return lines.flatMap(line => {
    const cells = line.split('|').map(cell => cell.trim());
    if (cells.length < 7 || !/^[01]$/.test(cells[2]!)) return [];
    return [{ name: cells[1]!, ring: Number(cells[2]), mayImport: words(cells[3]!), libraries: words(cells[4]!) }];
  });
}

function sourcesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts') && !file.includes('node_modules'))
    .map(file => join(folder, file));
}

/** Module names of static imports, type imports and re-exports. */
function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/^(?:import|export)\b[^'"]*?from\s+['"]([^'"]+)['"]/gm)].map(match => match[1]!);
}

const isTest = (file: string): boolean =>
  /\.(test|bench)\.ts$|under-test\.ts$|\/arbitrary-[^/]*\.ts$|\/testing\//.test(file);
const libraryOf = (name: string): string =>
  name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');

const table = readTable();
const packages = readdirSync(join(root, 'packages'), { withFileTypes: true })
  .filter(entry => entry.isDirectory())
  .map(entry => entry.name);
const services = readdirSync(join(root, 'services'), { withFileTypes: true })
  .filter(entry => entry.isDirectory())
  .map(entry => entry.name);

test('the layering table names every package', () => {
  expect(table.map(row => row.name).sort()).toEqual([...packages].sort());
});

describe.each(table)('package $name', ({ name, ring, mayImport, libraries }) => {
  const files = sourcesOf(join(root, 'packages', name, 'src'));

  test('imports only what its row allows', () => {
    const refused: string[] = [];
    for (const file of files.filter(source => !isTest(source))) {
      for (const imported of importsOf(file)) {
        const workspace = /^@tierflow\/([^/]+)\//.exec(imported)?.[1];
        const allowed = imported.startsWith('./')
          ? true
          : imported.startsWith('../')
            ? join(file, '..', imported).startsWith(join(root, 'packages', name, 'src'))
            : workspace !== undefined
              ? mayImport.has(workspace)
              : imported.startsWith('node:')
                ? ring === 1
                : libraries.has(libraryOf(imported));
        if (!allowed) refused.push(`${file.slice(root.length + 1)} imports ${imported}`);
      }
    }
    expect(refused).toEqual([]);
  });

  test('declares no dependency that its row does not allow', () => {
    const manifest = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'));
    const refused = Object.keys(manifest.dependencies ?? {}).filter(dependency => {
      const workspace = /^@tierflow\/(.+)$/.exec(dependency)?.[1];
      return workspace === undefined ? !libraries.has(dependency) : !mayImport.has(workspace);
    });
    expect(refused).toEqual([]);
  });

  if (ring === 0) {
    test('is pure: no clock, no randomness, no environment', () => {
      const impure =
        /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bperformance\.|\bprocess\.|\bglobalThis\b|\bawait import\b/;
      const refused = files
        .filter(file => !isTest(file))
        .filter(file => impure.test(readFileSync(file, 'utf8')))
        .map(file => file.slice(root.length + 1));
      expect(refused).toEqual([]);
    });
  }
});

test('services do not import each other', () => {
  const refused = services.flatMap(service =>
    sourcesOf(join(root, 'services', service, 'src')).flatMap(file =>
      importsOf(file)
        .filter(imported => services.some(other => imported.startsWith(`@tierflow/${other}/`)))
        .map(imported => `${file.slice(root.length + 1)} imports ${imported}`),
    ),
  );
  expect(refused).toEqual([]);
});

test('the root manifest has tools only', () => {
  // An undeclared import of a workspace package would silently work if the root depended on it.
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const names = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
  expect(names.filter(name => name.startsWith('@tierflow/'))).toEqual([]);
  expect(manifest.dependencies).toBeUndefined();
});
