// Where the thread that writes is found beside the program, in a bundle and in its source.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { programBeside } from '../../src/security-log/program-beside.ts';

const folder = mkdtempSync(join(tmpdir(), 'aim-beside-'));
for (const path of ['source', 'package/chunks', 'bundle']) mkdirSync(join(folder, path), { recursive: true });
for (const path of ['source/worker.ts', 'package/log-writer.js', 'bundle/worker.ts']) writeFileSync(join(folder, path), '');
afterAll(() => rmSync(folder, { recursive: true }));

const places = { source: './worker.ts', built: 'log-writer' };
const at = (path: string): string => pathToFileURL(join(folder, path)).href;

describe('programBeside', () => {
  test.each<[title: string, from: string | undefined, found: string | null]>([
    ['the source beside the module', at('source/log-thread.ts'), at('source/worker.ts')],
    ['at the root of the package', at('package/index.js'), at('package/log-writer.js')],
    ['one above, from a chunk', at('package/chunks/core.js'), at('package/log-writer.js')],
    ['nothing that only has the name of our source beside a bundle', at('bundle/agent.js'), null],
    ['nothing for CommonJS, which has no address', undefined, null],
    ['nothing in a single executable', 'embedder:///agent.js', null],
  ])('%s', (_, from, found) => {
    expect(programBeside(from, places)?.href ?? null).toBe(found);
  });
});
