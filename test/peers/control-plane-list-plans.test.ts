// No list and no number reads a whole table or sorts what it found: the plans of every statement that they run, on PostgreSQL.

import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { fill, listPaths, walkLists } from '../control-plane/support/lists.ts';
import { openWorld } from '../control-plane/support/world.ts';
import { type Postgres, startPostgres } from './support-postgres.ts';

// As large as an organisation has people, tags or policies, not as it has agents and events; or all that one answer holds.
const SMALL = /from "(users|organizations|policies|tags|webhooks|instance|apiKeys|sessions|mcpServers|revocations)"/;
const OF_ONE = /from "(capabilities|reviews|comments|tallies|counters)" where/;

let server: Postgres;
beforeAll(async () => {
  server = await startPostgres();
}, 120_000);
afterAll(() => server?.stop());

test('every statement of a list goes along an index', async () => {
  const world = await openWorld({ database: server.url });
  const texts = new Set<string>();
  try {
    const paths = listPaths(await fill(world));
    const asked = vi.spyOn(pg.Client.prototype, 'query');
    await walkLists(world, paths);
    for (const [query] of asked.mock.calls as unknown as [unknown][]) {
      const text = typeof query === 'string' ? query : (query as { text?: string } | null)?.text;
      if (text !== undefined && /^\s*select .* from "/is.test(text)) texts.add(text);
    }
    asked.mockRestore();
  } finally {
    await world.stop();
  }
  expect(texts.size).toBeGreaterThan(30);
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  // Tables of a test are so small that reading them whole is cheapest; what is asked is whether there is another way.
  await client.query(
    'set enable_seqscan = off; set enable_sort = off; set enable_bitmapscan = off; set plan_cache_mode = force_generic_plan',
  );
  const bad: string[] = [];
  for (const [index, text] of [...texts].entries()) {
    const step = (await planOf(client, `s${index}`, text)).find(
      (line) =>
        (/Seq Scan/.test(line) || (/\bSort\b/.test(line) && !/Incremental/.test(line))) &&
        !SMALL.test(text) &&
        !OF_ONE.test(text),
    );
    if (step !== undefined) bad.push(`${step}  ←  ${text}`);
  }
  await client.end();
  expect(bad).toEqual([]);
}, 120_000);

async function planOf(client: pg.Client, name: string, text: string): Promise<string[]> {
  const parameters = new Set(text.match(/\$\d+/g)).size;
  await client.query(`prepare ${name} as ${text}`);
  const values = parameters === 0 ? '' : `(${Array.from({ length: parameters }, () => 'null').join(', ')})`;
  const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain (costs off) execute ${name}${values}`);
  return rows.map((row) => row['QUERY PLAN']).filter((line) => !/^\s*Sort (Key|Method)/.test(line));
}
