// `aim ui --script`: the real dashboard, driven by steps, with ids that stay and pictures of what a person would see.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, describe, expect, test } from 'vitest';
import { registry } from '../../commands/registry.ts';
import { type DriveOptions, drive } from '../../components/headless/drive.ts';
import { parseScript } from '../../components/headless/parse-script.ts';
import { createInputDecoder } from '../../components/terminal/decode-input.ts';
import { bytesOf } from '../../components/terminal/key-bytes.ts';
import { anAccount, anAgent, aRequest, fakeServer, NOW } from './fake-api.ts';
import { fakeSettings } from './harness.ts';

const folder = mkdtempSync(join(tmpdir(), 'aim-script-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Driven = { last: string; printed: string; server: ReturnType<typeof fakeServer> };

async function driven(
  script: string,
  kind: 'text' | 'svg' | 'json' = 'text',
  options: Partial<DriveOptions> = {},
): Promise<Driven> {
  const server = fakeServer({
    agents: [anAgent(), anAgent({ id: 'a-2', name: 'mail-bot', trustScore: 0.3 })],
    approvals: [aRequest()],
  });
  let printed = '';
  const last = await drive(
    {
      context: {
        api: server.api,
        settings: fakeSettings(),
        signal: new AbortController().signal,
        io: {
          stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough(),
          env: { TERM: 'xterm-256color' }, cwd: '/', mayAsk: false, json: false, quiet: false, note() {},
        }, // biome-ignore format: one table
      },
      registry,
      api: server.api,
      account: anAccount(),
      server: server.api.server,
      embedded: false,
      columns: 100,
      rows: 30,
      screen: 'overview',
      script,
      patience: 10,
      now: () => NOW,
      print: (text) => {
        printed += text;
      },
      ...options,
    },
    kind,
  );
  return { last, printed, server };
}

describe('a script', () => {
  test('presses, types, waits and looks as a person does', async () => {
    const { last } = await driven(
      'press 2\nwait mail-bot\nuse list.filter\ntype trust<0.5\npress enter\nexpect not billing-bot\nexpect /1 of 2/',
    );
    expect(last).toContain('[Agents]');
    expect(last).toContain('mail-bot');
  });

  test('clicks what it knows by its id, and a second click opens', async () => {
    const { last } = await driven(
      'click tabs/agents\nwait mail-bot\nclick list:agents/row/a-2\nclick list:agents/row/a-2\nwait May do without asking',
    );
    expect(last).toContain('mail-bot');
  });

  test('sorts by the title it clicks', async () => {
    const { last } = await driven('go agents\nwait mail-bot\nclick list:agents/title/trust');
    expect(last.indexOf('mail-bot')).toBeLessThan(last.indexOf('billing-bot'));
  });

  test('runs a verb as the palette does', async () => {
    const { server } = await driven(
      'run agents reactivate mail-bot --reason back\nwait Reactivate mail-bot?\npress y\nwait not Reactivate mail-bot?',
    );
    expect(server.calls.map(({ name }) => name)).toContain('agents.reactivate');
  });

  test('writes pictures by what their names end in', async () => {
    const file = (name: string) => join(folder, name);
    const { printed } = await driven(
      `go agents\nwait mail-bot\nsnapshot ${file('a.svg')}\nsnapshot ${file('a.json')}\nsnapshot ${file('a.txt')}\nsnapshot`,
    );
    expect(readFileSync(file('a.svg'), 'utf8')).toMatch(/^<svg .*mail-bot/s);
    expect(readFileSync(file('a.txt'), 'utf8')).toBe(printed);
    const told = JSON.parse(readFileSync(file('a.json'), 'utf8'));
    expect(told).toMatchObject({ screen: 'agents', columns: 100, link: { word: 'live' }, selection: { subject: 'agent' } });
    expect(told.widgets.map(({ id }: { id: string }) => id)).toEqual(
      expect.arrayContaining(['tabs', 'tabs/agents', 'footer', 'footer/shell.help', 'list:agents', 'list:agents/row/a-1']),
    );
    expect(told.keys.map(({ id }: { id: string }) => id)).toEqual(
      expect.arrayContaining(['list.down', 'shell.palette', 'tab.events']),
    );
    expect(told.rows).toHaveLength(30);
  });

  test('decides nothing: the record would say that a person did', async () => {
    const { server } = await driven('go approval v-9\nwait payment:refund\npress d\ntype no\npress enter\npause 200ms');
    expect(server.calls.map(({ name }) => name)).not.toContain('approvals.deny');
  });

  test.each<[title: string, script: string, message: RegExp, exitCode: number]>([
    [
      'an expectation that does not hold',
      'expect nonsense',
      /^Line 1 \(expect nonsense\): the screen did not show nonsense/,
      1,
    ],
    ['a wait that ends', 'wait --for 100ms nonsense', /did not show nonsense for 0.1 s/, 11],
    ['a binding that is not there', 'use nothing.at-all', /no key means nothing.at-all here; there are /, 1],
    ['a binding that is disabled', 'use shell.last', /cannot be used now: There is no view/, 1],
    ['a widget that is not there', 'click nowhere', /no widget nowhere on the screen/, 1],
    ['a verb that is not there', 'run away', /no verb in "run away"|no verb in "away"/, 1],
    ['a screen that is not there', 'go away', /no screen away; there are overview/, 1],
    ['a word that is no step', '\n# a comment\npresss a', /^Line 3 of the script, "presss a": there is no step "presss"/, 2],
    ['a key that is none', 'press entr', /no key "entr"/, 2],
    ['an expression that is none', 'wait /(/', /not a regular expression/, 2],
    ['a picture of no kind', 'snapshot a.png', /ends in .txt, .svg or .json/, 2],
  ])('ends with the line and the reason on %s', async (_, script, message, exitCode) => {
    await expect(driven(script)).rejects.toMatchObject({ message: expect.stringMatching(message), exitCode });
  });

  test('is read whole before the first step is taken', () => {
    expect(() => parseScript('press q\nnonsense')).toThrow(/Line 2/);
    expect(parseScript('# nothing\n\n')).toEqual([]);
  });
});

describe('the bytes of a key', () => {
  test.each([
    'a',
    'S',
    'ü',
    'enter',
    'tab',
    'shift-tab',
    'space',
    'backspace',
    'up',
    'left',
    'shift-left',
    'home',
    'end',
    'pgup',
    'pgdn',
    'delete',
    'ctrl-s',
    'ctrl-space',
    'ctrl-\\',
    'f1',
    'f5',
    'f12',
    'alt-b',
  ])('are what a terminal sends for %s', (name) => {
    const decoder = createInputDecoder();
    const events = decoder.push(bytesOf(name) ?? '', 0);
    expect(events).toMatchObject([{ kind: 'key', key: { name } }]);
  });
});
