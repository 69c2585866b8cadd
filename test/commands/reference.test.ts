// The reference page and the manual pages say what the registry says, and man can read them.

import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { markdownReference } from '../../commands/man/markdown.ts';
import { manPage } from '../../commands/man/roff.ts';
import { registry } from '../../commands/registry.ts';

test('docs/commands.md is current: aim man --format markdown > docs/commands.md', () => {
  const page = readFileSync(fileURLToPath(new URL('../../docs/commands.md', import.meta.url)), 'utf8');
  expect(page).toBe(markdownReference(registry));
});

describe('manual pages', () => {
  test.each([null, ...registry].map((action) => [action?.id ?? 'aim', action] as const))('%s names its parts', (_, action) => {
    const page = manPage(action);
    expect(page).toMatch(/^\.TH "AIM/);
    for (const part of ['.SH NAME', '.SH SYNOPSIS', '.SH DESCRIPTION']) expect(page).toContain(part);
    expect(page).not.toMatch(/^[.'](?!\\"|TH|SH|TP|PP|RS|RE|nf|fi|br|B\b|BR\b)/m);
  });

  test.skipIf(!isThere('groff'))('are read by groff without a complaint', () => {
    const { stderr, status } = spawnSync('groff', ['-k', '-man', '-Tutf8', '-ww', '-W', 'break', '-z'], {
      input: registry.map(manPage).join(''),
    });
    expect({ status, said: stderr.toString() }).toEqual({ status: 0, said: '' });
  });
});

function isThere(program: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`]);
    return true;
  } catch {
    return false;
  }
}
