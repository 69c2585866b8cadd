// The verbs about logs, run as the command line runs them.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { ActionContext } from '../../commands/action.ts';
import { logActions } from '../../commands/logs/actions.ts';
import { resolvePaths } from '../../src/settings/paths.ts';
import type { Settings } from '../../src/settings/settings.ts';
import { folder, loggerTo } from './scratch.ts';

const line = (number: number, severity: string, more: object = {}) =>
  `${JSON.stringify({ timestamp: `2026-01-01T00:00:${String(number).padStart(2, '0')}.000000+00:00`, event_id: 'e', category: 'MCP', event_type: 'MCP_TOOL_USED', severity, message: `m${number}`, ...more })}\n`;

/** Three parts, of which one is compressed: m0 to m9, each third an error, each of agent a or b. */
function log(): string {
  const file = join(folder(), 'security.log');
  const all = Array.from({ length: 10 }, (_, n) =>
    line(n, n % 3 === 0 ? 'ERROR' : 'INFO', { agent_name: n % 2 === 0 ? 'a' : 'b', details: { n } }),
  );
  writeFileSync(`${file}.2.gz`, gzipSync(all.slice(0, 4).join('')));
  writeFileSync(`${file}.1`, all.slice(4, 6).join(''));
  writeFileSync(file, all.slice(6).join(''));
  return file;
}

function contextIn(home: string): ActionContext & { printed(): string } {
  const stdout = new PassThrough();
  let printed = '';
  stdout.on('data', (chunk) => {
    printed += chunk;
  });
  const paths = resolvePaths({ HOME: home });
  return {
    settings: { paths } as Settings,
    signal: new AbortController().signal,
    io: {
      env: { HOME: home },
      cwd: home,
      stdin: process.stdin,
      stdout,
      stderr: stdout,
      mayAsk: false,
      json: false,
      quiet: true,
      note() {},
    },
    printed: () => printed,
  } as unknown as ActionContext & { printed(): string };
}

/** Schemas fill the defaults, as the command line has it. */
async function run(
  id: string,
  args: Record<string, unknown>,
  options: Record<string, unknown> = {},
  context: ActionContext = contextIn(folder()),
) {
  const action = logActions.find((candidate) => candidate.id === id);
  if (!action) throw new Error(`no verb ${id}`);
  const values = Object.fromEntries(
    Object.entries(action.options).map(([name, { schema }]) => [name, schema.parse(options[name])]),
  );
  if (!('stream' in action)) return { value: (await action.run(context, args as never, values as never)) as never, action };
  const items: { entry?: { message: string }; notice?: string }[] = [];
  for await (const item of action.stream(context, args as never, values as never)) items.push(item as never);
  return { value: items.map((item) => item.entry?.message ?? item.notice) as never, action };
}

describe('aim logs query', () => {
  test.each<[string, Record<string, unknown>, string[]]>([
    ['everything', {}, ['m0', 'm1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7', 'm8', 'm9']],
    ['by severity', { severity: 'error' }, ['m0', 'm3', 'm6', 'm9']],
    ['by agent', { agent: 'b' }, ['m1', 'm3', 'm5', 'm7', 'm9']],
    ['by time', { since: '2026-01-01T00:00:03Z', until: '2026-01-01T00:00:05Z' }, ['m3', 'm4', 'm5']],
    ['by a filter', { filter: 'severity>=error agent:b' }, ['m3', 'm9']],
    ['by a number in the details', { filter: 'details.n>7' }, ['m8', 'm9']],
    ['by a word', { filter: 'm4' }, ['m4']],
    ['by what it is not', { filter: '!type:tool' }, []],
    ['at most so many', { severity: 'error', limit: 2 }, ['m0', 'm3']],
    ['with the lines around', { filter: 'm4', context: 1 }, ['m3', 'm4', 'm5']],
  ])('%s', async (_, options, expected) => {
    expect((await run('logs.query', { file: [log()] }, options)).value).toEqual(expected);
  });

  test('finds what is written with escapes, with spaces, or by others', async () => {
    const file = join(folder(), 'x.log');
    writeFileSync(
      file,
      [
        '{"timestamp": "2026-01-01T00:00:00+00:00", "category": "MCP", "event_type": "X", "severity": "ERROR", "message": "spaced"}',
        '{"timestamp":"2026-01-01T00:00:00.000000+00:00","event_id":"e","category":"MCP","event_type":"X","severity":"ERROR","message":"\\u0065scaped","agent_name":"\\u0062"}',
        '<11>1 2026-01-01T00:00:00Z h app - - - syslog error',
        '{"level":50,"msg":"other"}',
      ].join('\n'),
    );
    expect((await run('logs.query', { file: [file] }, { severity: 'error' })).value).toEqual([
      'spaced',
      'escaped',
      'syslog error',
      'other',
    ]);
    expect((await run('logs.query', { file: [file] }, { agent: 'b' })).value).toEqual(['escaped']);
  });

  test('says that a log is not there', async () => {
    await expect(run('logs.query', { file: ['/nowhere/x.log'] })).rejects.toMatchObject({
      code: 'logs.not-found',
      exitCode: 6,
    });
  });
});

describe('aim logs stats', () => {
  test('counts over all parts', async () => {
    const { value } = await run('logs.stats', { file: [log()] });
    expect(value).toMatchObject({
      lines: 10,
      from: '2026-01-01T00:00:00.000Z',
      to: '2026-01-01T00:00:09.000Z',
      bySeverity: [
        { name: 'INFO', count: 6 },
        { name: 'ERROR', count: 4 },
      ],
      byAgent: [
        { name: 'a', count: 5 },
        { name: 'b', count: 5 },
      ],
      byHour: [{ hour: '2026-01-01T00:00:00Z', lines: 10, warnings: 4 }],
    });
  });

  test('counts what a query leaves', async () => {
    expect((await run('logs.stats', { file: [log()] }, { filter: 'details.n>7' })).value).toMatchObject({ lines: 2 });
    expect((await run('logs.stats', { file: [log()] }, { filter: 'severity:error' })).value).toMatchObject({ lines: 4 });
  });
});

describe('aim logs sql', () => {
  test('answers a SELECT', async () => {
    const { value } = await run('logs.sql', {
      sql: "SELECT agent_name, sum(details ->> 'n') AS total FROM log GROUP BY 1",
      file: [log()],
    });
    expect(value).toMatchObject({
      items: [
        { agent_name: 'a', total: 20 },
        { agent_name: 'b', total: 25 },
      ],
    });
  });

  test.each([
    "ATTACH 'x.db' AS x",
    'DROP TABLE log',
    "VACUUM INTO 'stolen.db'",
    'PRAGMA query_only = OFF',
    '/* SELECT */ DELETE FROM log',
    'WITH x AS (SELECT 1) DELETE FROM log',
    'SELECT nonsense FROM log',
  ])('refuses %s', async (sql) => {
    await expect(run('logs.sql', { sql, file: [log()] })).rejects.toMatchObject({ exitCode: 2 });
    expect(existsSync('stolen.db')).toBe(false);
  });
});

describe('aim logs verify', () => {
  test('exits 1 for a log that was changed, and names the place', async () => {
    const file = join(folder(), 'security.log');
    const logger = loggerTo(file);
    for (let number = 0; number < 4; number += 1) logger.info(`m${number}`);
    await logger.flush();
    const before = await run('logs.verify', { file: [file] });
    const { head } = (before.value as { logs: { head: string }[] }).logs[0]!;
    expect('exitCode' in before.action && before.action.exitCode?.(before.value)).toBe(0);
    expect((await run('logs.verify', { file: [file] }, { head })).value).toMatchObject({ isIntact: true });
    expect((await run('logs.verify', { file: [file] }, { head: 'f'.repeat(64) })).value).toMatchObject({ isIntact: false });
    writeFileSync(file, readFileSync(file, 'utf8').replace('m1', 'mX'));
    const after = await run('logs.verify', { file: [file] });
    expect(after.value).toMatchObject({
      isIntact: false,
      logs: [{ verdict: 'broken', findings: [{ kind: 'tampered', seq: 2, line: 3 }] }],
    });
    expect('exitCode' in after.action && after.action.exitCode?.(after.value)).toBe(1);
  });
});

describe('aim logs timeline', () => {
  test('lets no line of a log become Markdown', async () => {
    const file = join(folder(), 'x.log');
    writeFileSync(file, line(1, 'ERROR', { message: '`# x` | <b>bold</b> [a](http://evil)\n| forged |', agent_name: '``' }));
    const { value, action } = await run('logs.timeline', { file: [file] }, { title: 'A *title*' });
    const text = (action as unknown as { view: { lines(value: unknown): unknown[][] } }).view
      .lines(value)
      .map((cells) => cells.join(''))
      .join('\n');
    expect(text.split('\n').filter((row) => row.startsWith('|'))).toHaveLength(3);
    expect(text).toContain('# A \\*title\\*');
    expect(text).toContain('`` `# x` \u00a6 <b>bold</b> [a](http://evil)⏎\u00a6 forged \u00a6 ``');
  });
});

describe('aim logs export', () => {
  test('writes to standard output in any format', async () => {
    const context = contextIn(folder());
    await run('logs.export', { file: [log()] }, { format: 'csv', severity: 'error' }, context);
    expect(
      context
        .printed()
        .split('\n')
        .map((row) => row.split(',')[0]),
    ).toEqual(['time', ...[0, 3, 6, 9].map((n) => `2026-01-01T00:00:0${n}.000Z`), '']);
  });

  test('goes on where it ended', async () => {
    const home = folder();
    const [file, out] = [log(), join(home, 'out.jsonl')];
    await run('logs.export', { file: [file] }, { to: `file:${out}`, spool: true }, contextIn(home));
    writeFileSync(file, line(10, 'INFO'), { flag: 'a' });
    await run('logs.export', { file: [file] }, { to: `file:${out}`, spool: true }, contextIn(home));
    expect(readFileSync(out, 'utf8').match(/"m\d+"/g)).toEqual(Array.from({ length: 11 }, (_, n) => `"m${n}"`));
  });

  test('refuses a target that is none', async () => {
    await expect(run('logs.export', { file: [log()] }, { to: 'ftp://x' })).rejects.toMatchObject({
      code: 'logs.export-target',
    });
  });
});
