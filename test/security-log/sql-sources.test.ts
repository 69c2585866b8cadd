// SQL over lines wherever they come from: what the screen holds, the control plane, standard input.

import { execFileSync } from 'node:child_process';
import { appendFileSync, writeFileSync } from 'node:fs';
import { writeFile as writeToPipe } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ActionContext } from '../../commands/action.ts';
import { sql } from '../../commands/logs/query.ts';
import { openLiveLog } from '../../src/security-log/live-log.ts';
import { compileQuery } from '../../src/security-log/log-query.ts';
import { readLogLine } from '../../src/security-log/read-line.ts';
import { searchLog } from '../../src/security-log/search-log.ts';
import { folder, line } from './scratch.ts';

type Ask = (context: ActionContext, values: object, options: object) => Promise<{ rows: unknown[][] }>;
const ask = (context: Partial<ActionContext>, text: string, options: object = {}) =>
  (sql as unknown as { run: Ask }).run(
    { signal: new AbortController().signal, io: { note() {} }, ...context } as unknown as ActionContext,
    { sql: text, file: undefined },
    { limit: 100, source: [], ...options },
  );

describe('SQL', () => {
  test('on the screen asks the lines that are loaded there, of every source, through the filter', async () => {
    const file = join(folder(), 'security.log');
    writeFileSync(file, line('of the file', 1));
    const log = openLiveLog([file], { changed() {} });
    const entry = readLogLine(line('of a server', 2), { file: 'events', line: 0, offset: 0 });
    log.include({
      name: 'events',
      async *backlog() {
        yield [{ kind: 'entry', entry }];
      },
      async *live() {},
    });
    await expect.poll(() => [...log.entries()].length, { timeout: 15_000 }).toBe(2);
    appendFileSync(file, line('came later', 3));
    await expect.poll(() => [...log.entries()].length, { timeout: 15_000 }).toBe(3);
    const context = { loadedLines: { current: () => log.entries() } };
    const { rows } = await ask(context, 'SELECT message FROM log ORDER BY time');
    expect(rows).toEqual([['of the file'], ['of a server'], ['came later']]);
    expect((await ask(context, 'SELECT count(*) FROM log', { filter: 'server' })).rows).toEqual([[1]]);
    log.close();
  });

  test('by command asks the control plane, when it is named as a source', async () => {
    const api = { audit: { list: async () => ({ items: [] }) }, events: { list: async () => ({ items: [] }) } };
    const { rows } = await ask({ api: api as never }, 'SELECT count(*) FROM log', { source: ['audit', 'events'] });
    expect(rows).toEqual([[0]]);
  });
});

test('a pipe is read as a file is', async () => {
  const pipe = join(folder(), 'pipe');
  execFileSync('mkfifo', [pipe]);
  const found: string[] = [];
  const lines = Array.from({ length: 2000 }, (_, number) => line(`m${number}`)).join('');
  const reading = (async () => {
    for await (const entries of searchLog(pipe, compileQuery({}))) found.push(...entries.map(({ message }) => message));
  })();
  await writeToPipe(pipe, lines);
  await reading;
  expect(found).toHaveLength(2000);
});
