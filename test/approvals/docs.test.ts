// The threat table of docs/approvals.md names a test for each line: each must be there.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const page = readFileSync(new URL('../../docs/approvals.md', import.meta.url), 'utf8');
const lines = [...page.matchAll(/\| ([a-z/-]+) › ([^|]+) \|$/gm)].map(
  ([, file = '', title = '']) => [file, title.trim()] as const,
);

describe('each threat has its test', () => {
  test('in a table of more than thirty lines', () => {
    expect(lines.length).toBeGreaterThan(30);
  });

  test.each(lines)('%s › %s', (file, title) => {
    const source = readFileSync(
      new URL(file.includes('/') ? `../${file}.test.ts` : `./${file}.test.ts`, import.meta.url),
      'utf8',
    ).replaceAll("\\'", "'");
    expect(source).toContain(title);
  });
});
