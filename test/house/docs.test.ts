// The documents are true: links lead somewhere, commands exist, threats have their tests, and what is generated is current.

import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { registry } from '../../commands/registry.ts';
import { importGraph } from '../../scripts/graph.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pages = globSync(['*.md', 'docs/**/*.md'], { cwd: root });

describe('links', () => {
  const links = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\((?!https?:)([^)#]+)(#[^)]*)?\)/g)].map(([, target = '']) => [page, target] as const),
  );
  test.each(links)('%s → %s', (page, target) => {
    expect(existsSync(join(root, dirname(page), target))).toBe(true);
  });
});

describe('commands', () => {
  const known = new Set(registry.map(({ id }) => id.split('.')[0]));
  const named = pages.flatMap((page) =>
    [...codeOf(read(page)).matchAll(/(?:^|[\s`(])aim ([a-z][a-z0-9-]+)/gm)].map(([, verb = '']) => [page, verb] as const),
  );
  test.each([...new Set(named.map(([page, verb]) => `${page} ${verb}`))])('%s exists', (line) => {
    expect(known).toContain(line.split(' ')[1]);
  });
});

describe('each threat of SECURITY.md has its test', () => {
  const rows = [...read('SECURITY.md').matchAll(/\| ([a-z-]+\/[a-z-]+) › ([^|]+) \|$/gm)];
  test('in a table of more than twenty lines', () => expect(rows.length).toBeGreaterThan(20));
  test.each(rows.map(([, file = '', title = '']) => [file, title.trim()]))('%s › %s', (file, title) => {
    const path = globSync(`test/${file}.test.{ts,tsx}`, { cwd: root })[0] ?? `test/${file}.test.ts`;
    expect(read(path).replaceAll("\\'", "'")).toContain(title);
  });
});

test('the import graph is current: npm run graph', () => {
  expect(read('docs/import-graph.md')).toBe(importGraph());
});

function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** Blocks and spans of code: prose may call the program by its name. */
function codeOf(markdown: string): string {
  return [...markdown.matchAll(/```[^\n]*\n([\s\S]*?)```|`([^`\n]+)`|^ {4}(.*)$/gm)]
    .map(([, block, span, indented]) => block ?? span ?? indented)
    .join('\n');
}
