// The house rules that a reader relies on: who may import whom, and how large a room may grow.

import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const files = globSync('{src,commands,components}/**/*.{ts,tsx}', { cwd: root }).map((path) => path.replaceAll('\\', '/'));

type Import = { from: string; to: string; dynamic: boolean };
const imports: Import[] = files.flatMap((from) => importsOf(from));

describe('who may import whom', () => {
  const rules: [title: string, broken: (edge: Import) => boolean][] = [
    [
      'src imports neither commands nor components',
      ({ from, to }) => room(from) === 'src' && /^(commands|components)\//.test(to),
    ],
    [
      'commands import components only dynamically, and only from commands/dashboard and commands/ui',
      ({ from, to, dynamic }) =>
        from.startsWith('commands/') && to.startsWith('components/') && !(dynamic && /^commands\/(dashboard|ui)/.test(from)),
    ],
    ['text, crypto, settings and wire are leaves', ({ from, to }) => leaf(from) !== null && !mayUse(leaf(from) ?? '', to)],
    [
      'the control plane is imported only by serve, demo and the testing kit',
      ({ from, to }) =>
        to.startsWith('src/control-plane/') && !/^(src\/control-plane|commands\/serve|commands\/demo|src\/testing)/.test(from),
    ],
    ['state knows no React', ({ from, to }) => from.startsWith('src/') && /^(react|ink)(\/|$)/.test(to)],
    ['only components load Ink and React', ({ from, to }) => /^(react|ink)(\/|$)/.test(to) && !from.startsWith('components/')],
  ];
  test.each(rules)('%s', (_, broken) => {
    expect(imports.filter(broken).map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
  });
});

describe('how a file reads', () => {
  test('every file opens with a line that says what it is for', () => {
    const silent = files.filter((path) => !/^(#!.*\n)?\/\/ \S/.test(read(path)));
    expect(silent).toEqual([]);
  });

  test('no file is longer than 350 lines', () => {
    const long = files
      .filter((path) => read(path).split('\n').length > 351)
      .map((path) => `${path}: ${read(path).split('\n').length - 1}`);
    expect(long).toEqual([]);
  });
});

function room(path: string): string {
  return path.split('/')[0] ?? '';
}

const LEAVES = ['text', 'crypto', 'settings', 'wire'];
function leaf(path: string): string | null {
  const [top, name = ''] = path.split('/');
  return top === 'src' && LEAVES.includes(name) ? name : null;
}

// Leaves may use each other's smallest parts (brands, errors), packages, and nothing else of the house.
function mayUse(from: string, to: string): boolean {
  if (!to.startsWith('src/')) return !/^(commands|components)\//.test(to);
  return (
    to.startsWith(`src/${from}/`) ||
    LEAVES.some((name) => to.startsWith(`src/${name}/`)) ||
    /^src\/(errors|version)\.ts$/.test(to)
  );
}

function importsOf(from: string): Import[] {
  const found: Import[] = [];
  const pattern = /(?:^|\n)\s*(?:import|export)\s(?:[^'";]*?\sfrom\s)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;
  for (const [statement, plain, dynamic] of read(from).matchAll(pattern)) {
    if (/^\s*(import|export)\s+type\s/.test(statement)) continue;
    const target = plain ?? dynamic ?? '';
    found.push({
      from,
      to: target.startsWith('.') ? normalize(join(dirname(from), target)).replaceAll('\\', '/') : target,
      dynamic: dynamic !== undefined,
    });
  }
  return found;
}

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}
