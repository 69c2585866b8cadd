// Servers that behave, and servers that do everything wrong: each is bounded, named, and gone afterwards.

import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { defaultLimits } from '../../src/mcp/contained-process.ts';
import { type InspectOptions, inspectMcpServer } from '../../src/mcp/inspect.ts';
import type { LaunchStdio } from '../../src/mcp/launch.ts';
import type { Inspection } from '../../src/mcp/record.ts';

// Other test files inspect at the same time; this is how ours are told apart.
const own = randomUUID();

const program = fileURLToPath(new URL('../fixtures/mcp/servers/server.mjs', import.meta.url));

const launch = (manner: string, ...more: string[]): LaunchStdio => ({
  kind: 'stdio',
  command: process.execPath,
  args: [program, manner, ...more],
  cwd: null,
  env: { GIVEN: 'yes', AIM_TEST_RUN: own },
});

const inspect = (manner: string, options: InspectOptions = {}): Promise<Inspection> =>
  inspectMcpServer(launch(manner), options);

/** Processes whose environment shows that an inspection of this test file started them. */
function leftovers(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return (
          readFileSync(`/proc/${pid}/environ`, 'latin1').includes(own) &&
          !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
        );
      } catch {
        return false;
      }
    });
}

describe('a server that behaves', () => {
  test('says who it is and what it offers', async () => {
    const inspection = await inspect('good');
    expect(inspection).toMatchObject({
      serverName: 'test-good',
      serverVersion: '1.2.3',
      protocolVersion: '2025-11-25',
      era: 'stateful',
      transport: 'stdio',
      instructions: 'Be kind.',
      problems: [],
      resources: [{ uri: 'file:///a' }],
      templates: [{ uriTemplate: 'file:///{path}' }],
      prompts: [{ name: 'review', arguments: [{ name: 'file', required: true }] }],
    });
    expect(inspection.tools).toEqual([
      expect.objectContaining({
        name: 'read',
        title: 'Read',
        outputSchema: { type: 'object' },
        annotations: { readOnly: true, destructive: null, idempotent: null, openWorld: null },
      }),
      expect.objectContaining({ name: 'write', annotations: expect.objectContaining({ destructive: true }) }),
    ]);
    expect(inspection.latencyMs).toBeGreaterThan(0);
  });

  test('is read to its last page', async () => {
    expect((await inspect('pages')).tools).toHaveLength(150);
  });

  test('is understood in the stateless era, too', async () => {
    expect(await inspect('stateless-only')).toMatchObject({
      protocolVersion: '2026-07-28',
      era: 'stateless',
      tools: [{ name: 'modern' }],
      problems: [],
    });
  });

  test('gets its own environment, arguments as they are, a home of its own, and nothing of ours', async () => {
    const started = launch('environment', 'two words', '"quoted"', '$HOME');
    process.env['AIM_TEST_SECRET'] = 'planted';
    const { tools } = await inspectMcpServer(started);
    const { names, home, cwd, argv } = JSON.parse(String(tools[0]?.name)) as {
      names: string[];
      home: string;
      cwd: string;
      argv: string[];
    };
    expect(names).toContain('GIVEN');
    expect(names).not.toContain('AIM_TEST_SECRET');
    expect(names).not.toContain('USER');
    expect(home).toContain('aim-inspection-');
    expect(cwd).toBe(home);
    expect(argv).toEqual(['two words', '"quoted"', '$HOME']);
    expect(readdirSync(tmpdir())).not.toContain(home.split('/').at(-1));
  });
});

describe('a server that does not', () => {
  test.each<[manner: string, problem: RegExp]>([
    ['crash', /exit code 3/],
    ['flood', /more than 1 MB that are no messages/],
    ['huge', /message of more than 24 MB/],
    ['endless-pages', /do not end; 2 were read/],
    ['refuses-list', /tools\/list: .*not today/],
    ['junk', /3 lines on its output that are no messages/],
    ['unnamed', /3 of its tools have no name/],
  ])('%s is named', async (manner, problem) => {
    const { problems } = await inspect(manner);
    expect(problems).toContainEqual(expect.stringMatching(problem));
    expect(leftovers()).toEqual([]);
  });

  test('one that never answers is given up in time', async () => {
    const { problems } = await inspect('silent', { timeoutMs: 800 });
    expect(problems).toEqual(['It did not answer in time.']);
    expect(leftovers()).toEqual([]);
  });

  test('one that is not there is named', async () => {
    const { problems } = await inspectMcpServer({ ...launch('good'), command: '/nowhere/server' });
    expect(problems).toEqual(['The program /nowhere/server is not there.']);
  });

  test('what it says before it dies is kept, in its last part', async () => {
    expect((await inspect('crash')).stderrTail).toBe('cannot find my files\n');
    const { stderrTail, problems } = await inspect('flood-errors');
    expect(problems).toEqual([]);
    expect(stderrTail.length).toBeLessThanOrEqual(defaultLimits.stderrBytes);
  });

  test.each(['ignores', 'forks', 'escapes_group', 'escapes_twice'])(
    '%s: it is answered, and nothing of it is left',
    async (manner) => {
      const { problems, tools } = await inspect(manner);
      expect(problems).toEqual([]);
      expect(tools).not.toEqual([]);
      expect(leftovers()).toEqual([]);
    },
  );

  test('10,000 tools are read', async () => {
    expect((await inspect('many')).tools).toHaveLength(10_000);
  });

  test('a schema that refers to itself and names full of escapes are kept as they are', async () => {
    expect((await inspect('recursive')).tools[0]?.inputSchema).toMatchObject({ properties: { child: { $ref: '#' } } });
    expect((await inspect('escapes')).tools[0]?.name).toContain('\u001b]0;owned');
  });

  test('stops when asked to, and leaves nothing', async () => {
    const stop = new AbortController();
    const asked = inspect('silent', { signal: stop.signal });
    setImmediate(() => stop.abort(new Error('enough')));
    await expect(asked).rejects.toThrow('enough');
    expect(leftovers()).toEqual([]);
  });
});
