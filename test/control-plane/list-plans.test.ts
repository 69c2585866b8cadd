// No list and no number reads a whole table or sorts what it found: the plans of every statement that they run, on SQLite.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test, vi } from 'vitest';
import { fill, listPaths, walkLists } from './support/lists.ts';
import { openWorld } from './support/world.ts';

// As large as an organisation has people, tags or policies, not as it has agents and events; or all that one answer holds.
const SMALL = /\b(users|organizations|policies|tags|webhooks|instance|apiKeys|sessions|mcpServers|revocations|some)\b/;
// What belongs to one agent or to the rows of one page is sorted where it is.
const OF_ONE = /from "(capabilities|reviews|comments)" where "(agentId|verificationId)" (=|in)/;

test.skipIf(process.env['AIM_TEST_DATABASE'] !== undefined)('every statement of a list goes along an index', async () => {
  const data = mkdtempSync(join(tmpdir(), 'aim-plans-'));
  const world = await openWorld({ data });
  try {
    const paths = listPaths(await fill(world));
    const prepared = vi.spyOn(DatabaseSync.prototype, 'prepare');
    await walkLists(world, paths);
    const texts = new Set(prepared.mock.calls.map(([text]) => text).filter((text) => /^\s*select/i.test(text)));
    prepared.mockRestore();
    expect(texts.size).toBeGreaterThan(30);
    const database = new DatabaseSync(join(data, 'aim.db'), { readOnly: true });
    const bad = [...texts].flatMap((text) => {
      const plan = (database.prepare(`explain query plan ${text}`).all() as { detail: string }[]).map(({ detail }) => detail);
      return plan.filter((step) => isSlow(step) && !OF_ONE.test(text)).map((step) => `${step}  ←  ${text}`);
    });
    database.close();
    expect(bad).toEqual([]);
  } finally {
    await world.stop();
    rmSync(data, { recursive: true, force: true });
  }
});

const isSlow = (step: string): boolean =>
  (/^SCAN/.test(step) && !SMALL.test(step)) || (/TEMP B-TREE/.test(step) && !/RIGHT PART|LAST TERM|LAST \d+ TERMS/.test(step));
