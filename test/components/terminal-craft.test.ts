// What a terminal can do beyond keys: its background, its mouse, its focus, and what drawing on it costs.

import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, test } from 'vitest';
import { registry } from '../../commands/registry.ts';
import { backgroundOf, fromColorfgbg, fromReply } from '../../components/terminal/background.ts';
import { clipboardSequence } from '../../components/terminal/copy.ts';
import { openTerminal } from '../../components/terminal/open-terminal.ts';
import { coloursFrom } from '../../components/theme.ts';
import { aSignedRequest } from '../approvals/signed-request.ts';
import { anAgent, fakeServer } from './fake-api.ts';
import { ESC, type Harness, openDashboard } from './harness.ts';

let open: Harness | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

const two = () => fakeServer({ agents: [anAgent(), anAgent({ id: 'a-2', name: 'mail-bot' })] });
const click = (row: number, column = 5) => `${ESC}[<0;${column};${row}M${ESC}[<0;${column};${row}m`;

describe('Windows Terminal', () => {
  const env = { WT_SESSION: '0b9e', PROCESSOR_ARCHITECTURE: 'AMD64' };

  test('gets all colours, though it names no TERM', () => {
    expect(coloursFrom(env)).toBe('truecolor');
    expect(coloursFrom({ ...env, NO_COLOR: '1' })).toBe('none');
  });

  test('gets the modes that it knows and no keyboard protocol of others, and each is given back', () => {
    const written: string[] = [];
    const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} });
    const stdout = { write: (text: string) => written.push(text) > 0, on() {}, off() {} };
    openTerminal({ stdin: stdin as never, stdout: stdout as never, env }).close();
    const modes = (text: string | undefined) => [...(text ?? '').matchAll(/\[\?(\d+)[hl]/g)].map(([, mode]) => mode).sort();
    expect(written).toHaveLength(2);
    expect(modes(written[0])).toEqual(['1004', '1049', '2004', '25', '7']);
    expect(modes(written[1])).toEqual(modes(written[0]));
    expect(written.join('')).not.toMatch(/\[[<>=]\d*u/);
  });

  test('gets the clipboard as it comes', () => {
    expect(clipboardSequence('id', env)).toBe(`${ESC}]52;c;aWQ=\u0007`);
  });
});

describe('the background', () => {
  test.each<[value: string | undefined, expected: string | null]>([
    ['15;0', 'dark'],
    ['0;15', 'light'],
    ['0;default;7', 'light'],
    ['12;8', 'dark'],
    ['nonsense', null],
    [undefined, null],
  ])('is read from COLORFGBG=%s as %s', (value, expected) => {
    expect(fromColorfgbg(value)).toBe(expected);
  });

  test.each<[reply: string, expected: string | null]>([
    [`${ESC}]11;rgb:ffff/ffff/ffff${ESC}\\`, 'light'],
    [`${ESC}]11;rgb:fd/f6/e3\u0007`, 'light'],
    [`${ESC}]11;rgb:0000/2b2b/3636${ESC}\\`, 'dark'],
    [`${ESC}]11;rgba:1e1e/1e1e/1e1e/ffff\u0007`, 'dark'],
    [`${ESC}[?62;22c`, null],
  ])('is read from the answer %j as %s', (reply, expected) => {
    expect(fromReply(reply)).toBe(expected);
  });

  const asked = async (answer: (stdin: PassThrough) => void, env: Record<string, string> = { TERM: 'xterm-256color' }) => {
    const modes: boolean[] = [];
    const stdin = Object.assign(new PassThrough(), {
      isTTY: true,
      isRaw: false,
      setRawMode: (isOn: boolean) => modes.push(isOn),
    });
    let questions = '';
    const stdout = {
      isTTY: true,
      write: (text: string) => {
        questions += text;
        answer(stdin);
        return true;
      },
    };
    const background = await backgroundOf({ stdin: stdin as never, stdout: stdout as never, env, patience: 100 });
    return { background, questions, modes, left: String(stdin.read() ?? '') };
  };

  test('is asked for once, waits for no colour that will not come, and keeps what was typed', async () => {
    expect(await asked((stdin) => stdin.write(`${ESC}]11;rgb:ffff/ffff/ffff${ESC}\\q${ESC}[?62c`))).toMatchObject({
      background: 'light', left: 'q', modes: [true, false],
    }); // biome-ignore format: one case
    expect(await asked((stdin) => stdin.write(`2${ESC}[?62c`))).toMatchObject({ background: null, left: '2' });
    expect(await asked(() => {})).toMatchObject({ background: null, left: '' });
  });

  test.each<[title: string, env: Record<string, string>]>([
    ['the Linux console', { TERM: 'linux' }],
    ['GNU screen', { TERM: 'screen', STY: '1.pts' }],
    ['a terminal whose environment says it', { TERM: 'xterm', COLORFGBG: '0;15' }],
  ])('is not asked of %s', async (_, env) => {
    expect((await asked(() => {}, env)).questions).toBe('');
  });
});

describe('the mouse', () => {
  test('is off until it is switched on, and off again', async () => {
    open = await openDashboard({ server: two(), on: 'agents' });
    await open.settled();
    expect(open.raw()).not.toContain(`${ESC}[?1000h`);
    await open.press(`${ESC}OQ`);
    await open.shows('The mouse is on');
    expect(open.raw()).toContain(`${ESC}[?1000h${ESC}[?1006h`);
    await open.press(`${ESC}OQ`);
    await open.shows('The mouse is off');
    expect(open.raw().lastIndexOf(`${ESC}[?1000l`)).toBeGreaterThan(open.raw().lastIndexOf(`${ESC}[?1000h`));
  });

  test('selects with a click, opens with a second, scrolls with the wheel, and goes where a tab is', async () => {
    open = await openDashboard({ server: two(), on: 'agents', settings: { mouse: true } });
    await open.shows('mail-bot');
    const row = open.rows().findIndex((text) => text.includes('mail-bot')) + 1;
    await open.press(click(row));
    await open.settled();
    expect(open.dashboard.shell.getState().selection?.value).toBe('a-2');
    await open.press(`${ESC}[<64;5;${row}M`);
    await open.settled();
    expect(open.dashboard.shell.getState().selection?.value).toBe('a-1');
    await open.press(click(row), click(row));
    await open.shows('May do without asking');
    const column = (open.rows()[1] ?? '').indexOf('Events') + 1;
    await open.press(click(2, column));
    await open.shows('[Events]');
  });

  test('decides nothing, wherever it clicks', async () => {
    const request = aSignedRequest();
    const server = fakeServer({ approvals: [request] });
    open = await openDashboard({ server, registry, on: 'approval', of: request.id, settings: { mouse: true } });
    await open.shows('What the agent signed');
    const [columns, rows] = [80, 24];
    for (let at = 1; at <= columns; at += 3) await open.burst(click(rows, at));
    for (let at = 1; at < rows; at++) await open.burst(click(at));
    await open.settled();
    expect(server.calls.map(({ name }) => name).filter((name) => /approve|deny|escalate|suspend/.test(name))).toEqual([]);
  });

  test('does not reach what lies under a dialog', async () => {
    open = await openDashboard({ server: two(), on: 'agents', settings: { mouse: true } });
    await open.shows('mail-bot');
    const row = open.rows().findIndex((text) => text.includes('mail-bot')) + 1;
    await open.press(':');
    await open.settled();
    await open.press(click(row));
    await open.settled();
    expect(open.dashboard.shell.getState().selection?.value).toBe('a-1');
  });
});

describe('a terminal', () => {
  test('says whether its window is in front', async () => {
    open = await openDashboard({ server: two() });
    expect(open.dashboard.hasFocus()).toBe(true);
    await open.press(`${ESC}[O`);
    expect(open.dashboard.hasFocus()).toBe(false);
    await open.press(`${ESC}[I`);
    expect(open.dashboard.hasFocus()).toBe(true);
  });

  test('shows what drawing on it costs', async () => {
    open = await openDashboard({ server: two(), size: [140, 24] });
    await open.press(`${ESC}OR`);
    await open.shows(/heap \d+ MB, .* of a core, .* events\/s, .* frames\/s of .* bytes, .* left out/);
  });

  test.each<[background: 'light' | 'dark', theme: 'auto' | 'dark', expected: string]>([
    ['light', 'auto', 'light'],
    ['dark', 'auto', 'dark'],
    ['light', 'dark', 'dark'],
  ])('that is %s with the theme %s gets %s', async (background, theme, expected) => {
    open = await openDashboard({ server: two(), colours: 'truecolor', background, settings: { theme } });
    expect(open.dashboard.theme.name).toBe(expected);
  });
});
