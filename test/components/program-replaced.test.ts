// A package that is updated under a running dashboard: what is missing is said, and what runs goes on.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { errorLine } from '../../components/actions/error-line.ts';
import { asProgramReplaced } from '../../src/program-replaced.ts';

/** What Node itself says, so that the test is wrong when Node says something else. */
async function failureOf(files: Record<string, string>): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'aim-replaced-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const url = pathToFileURL(join(folder, 'start.mjs')).href;
    const { spawnSync } = await import('node:child_process');
    const code = `import(${JSON.stringify(url)}).catch((error) => console.log(JSON.stringify({ name: error.name, message: error.message, code: error.code, url: error.url })))`;
    const said = JSON.parse(spawnSync(process.execPath, ['-e', code], { encoding: 'utf8' }).stdout);
    return Object.assign(said.name === 'SyntaxError' ? new SyntaxError(said.message) : new Error(said.message), said);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test.each<[title: string, files: Record<string, string>, isReplaced: boolean]>([
  ['a part that is gone', {}, true],
  ['a part whose own parts are gone', { 'start.mjs': "import './gone.mjs';" }, true],
  [
    'a part with other things in it',
    { 'start.mjs': "import { a } from './part.mjs'; a;", 'part.mjs': 'export const b = 1;' },
    true,
  ],
  ['a mistake of ours', { 'start.mjs': 'null.length;' }, false],
])('%s', async (_, files, isReplaced) => {
  const failure = await failureOf(files);
  expect(asProgramReplaced(failure) !== null).toBe(isReplaced);
  if (isReplaced) expect(errorLine(failure)).toContain('aim was updated or removed while this ran');
});
