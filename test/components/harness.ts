// The real dashboard on a fake terminal: what Ink writes goes through an emulator, and tests look at its cells.

import { EventEmitter } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { Action, ActionContext, ScreenId } from '../../commands/action.ts';
import { runDashboard } from '../../components/dashboard.tsx';
import type { Dashboard } from '../../components/dashboard-context.ts';
import { quiet } from '../../components/headless/quiet.ts';
import { createVirtualTerminal, type VirtualTerminal } from '../../components/headless/virtual-terminal.ts';
import type { Screen } from '../../components/screen.ts';
import { AuthenticationError, type ExitCode } from '../../src/errors.ts';
import type { SettingValues } from '../../src/settings/settings.ts';
import type { Role } from '../../src/wire/session.ts';
import { anAccount, type FakeServer, fakeServer, NOW } from './fake-api.ts';
import { breaches } from './invariants.ts';

export const sizes = { wide: [120, 40], usual: [80, 24], narrow: [60, 20], least: [40, 12] } as const;
export const themes = ['truecolor', '16', 'none'] as const;

export type OpenOptions = {
  size?: readonly [columns: number, rows: number];
  colours?: (typeof themes)[number];
  server?: FakeServer;
  registry?: readonly Action[] | (() => Promise<readonly Action[]>);
  screens?: readonly Screen[];
  role?: Role;
  settings?: Partial<SettingValues>;
  /** Settings of one's own, for what is kept between two dashboards. */
  context?: { settings: ActionContext['settings'] };
  env?: Record<string, string>;
  /** The screen to begin on. */
  on?: ScreenId;
  of?: string;
  now?: () => number;
  background?: 'light' | 'dark';
  embedded?: boolean;
  /** The other servers, by profile. */
  others?: Readonly<Record<string, FakeServer>>;
  embeddedLost?: Promise<void>;
  signInEndsAt?: () => number | null;
  restartEmbedded?: () => Promise<FakeServer['api']>;
};

export type Harness = {
  readonly dashboard: Dashboard;
  readonly server: FakeServer;
  /** Keys as a terminal sends them, each in a read of its own: `press('j', '\r', ESC)`. */
  press(...keys: string[]): Promise<void>;
  /** All in one read, as on a slow link. */
  burst(text: string): Promise<void>;
  paste(text: string): Promise<void>;
  /** The rows of the screen, without what pads them. */
  rows(): string[];
  text(): string;
  /** Waits until the screen shows it. Fails with the screen as it is. */
  shows(what: string | RegExp): Promise<void>;
  lacks(what: string | RegExp): Promise<void>;
  /** Waits until nothing more is painted. */
  settled(): Promise<void>;
  resize(columns: number, rows: number): Promise<void>;
  /** SGR state of a cell. */
  cell(row: number, column: number): { text: string; isInverse: boolean; isBold: boolean; hasColour: boolean };
  raw(): string;
  readonly exit: Promise<ExitCode>;
  /** Checks the invariants of what is shown now, and goes on. */
  check(): Promise<void>;
  /** Quits and checks the five invariants. */
  close(): Promise<void>;
};

export const ESC = '\u001b';

export async function openDashboard(options: OpenOptions = {}): Promise<Harness> {
  const { size = sizes.usual, colours = 'none', server = fakeServer(), role = 'admin', embedded = false } = options;
  const terminal = createVirtualTerminal(size[0], size[1]);
  const { emulator, stdin, stdout } = terminal;
  const stderr = new PassThrough();
  let dashboard: Dashboard | undefined;
  const context: ActionContext = {
    api: server.api,
    settings:
      options.context?.settings ??
      fakeSettings({
        color: colours === 'none' ? 'never' : 'always',
        theme: colours === '16' ? '16' : 'auto',
        ...options.settings,
      }),
    signal: new AbortController().signal,
    io: {
      stdin,
      stdout,
      stderr,
      env: { TERM: 'xterm-256color', ...(colours === 'truecolor' ? { COLORTERM: 'truecolor' } : {}), ...options.env },
      cwd: '/',
      mayAsk: true,
      json: false,
      quiet: false,
      note() {},
    },
  };
  const exit = runDashboard({
    context,
    registry: options.registry ?? [],
    api: server.api,
    account: anAccount(role),
    server: server.api.server,
    embedded,
    ...(options.others ? { contexts: othersOf(options.others, context) } : {}),
    ...(options.signInEndsAt ? { signInEndsAt: options.signInEndsAt } : {}),
    ...(options.embeddedLost ? { embeddedLost: options.embeddedLost } : {}),
    ...(options.restartEmbedded ? { restartEmbedded: options.restartEmbedded } : {}),
    ...(options.screens ? { screens: options.screens } : {}),
    ...(options.background ? { background: options.background } : {}),
    stdin,
    stdout,
    now: options.now ?? (() => NOW),
    onOpen(opened) {
      const isFirst = dashboard === undefined;
      dashboard = opened;
      if (isFirst && options.on) opened.shell.jump(options.on, options.of ?? null);
    },
  });
  if (!dashboard) throw await exit.then((code) => new Error(`The dashboard ended with ${code} before it opened.`));
  const current = () => dashboard as Dashboard;
  let hasEnded = false;
  let checked = 0;
  exit.finally(() => {
    hasEnded = true;
  });

  const { rows } = terminal;
  const settled = () => quiet(terminal, current(), LOOKS);
  const until = async (holds: () => boolean, what: string) => {
    for (const end = performance.now() + 15_000; !holds(); await pause(15)) {
      await terminal.drained();
      if (performance.now() > end) throw new Error(`${what}\n${rows().join('\n')}`);
    }
  };
  const has = (what: string | RegExp) =>
    typeof what === 'string' ? rows().join('\n').includes(what) : what.test(rows().join('\n'));
  const send = async (bytes: string) => {
    terminal.send(bytes);
    // One turn for the stream, one for Ink: each key is a read of its own.
    await pause(bytes === ESC ? 60 : 5);
  };

  return {
    get dashboard() {
      return current();
    },
    server,
    async press(...keys) {
      for (const key of keys) await send(key);
    },
    burst: send,
    paste: (text) => send(`${ESC}[200~${text}${ESC}[201~`),
    rows,
    text: () => rows().join('\n'),
    shows: (what) => until(() => has(what), `The screen does not show ${what}:`),
    lacks: (what) => until(() => !has(what), `The screen still shows ${what}:`),
    settled,
    async resize(columns, height) {
      terminal.resize(columns, height);
      await pause(40);
    },
    cell(row, column) {
      const cell = emulator.buffer.active.getLine(row)?.getCell(column);
      return {
        text: cell?.getChars() ?? '',
        isInverse: !!cell?.isInverse(),
        isBold: !!cell?.isBold(),
        hasColour: !!cell && !cell.isFgDefault(),
      };
    },
    raw: terminal.raw,
    async check() {
      await settled();
      const before = rows();
      const frame = await redrawn(terminal, current());
      const found = await breaches({
        before,
        frame,
        columns: stdout.columns,
        height: stdout.rows,
        raw: terminal.raw().slice(checked),
        lateWrites: 0,
      });
      checked = terminal.raw().length;
      if (found.length > 0) throw new Error(`${found.join('\n')}\n${rows().join('\n')}`);
    },
    exit,
    async close() {
      if (hasEnded) return;
      await settled();
      const before = rows();
      const frame = await redrawn(terminal, current());
      current().quit();
      await exit;
      await terminal.drained();
      const afterEnd = terminal.writes;
      await pause(60);
      const found = await breaches({
        before,
        frame,
        columns: stdout.columns,
        height: stdout.rows,
        raw: terminal.raw(),
        lateWrites: terminal.writes - afterEnd,
      });
      if (found.length > 0) throw new Error(found.join('\n'));
    },
  };
}

/** Profiles of fake servers; one that was not given is somewhere nobody is signed in. */
function othersOf(others: Readonly<Record<string, FakeServer>>, context: ActionContext) {
  return {
    list: () => Object.entries(others).map(([name, { api }]) => ({ name, server: api.server })),
    async reach(name: string) {
      const server = others[name];
      if (!server)
        throw new AuthenticationError('auth.none', { message: `Nobody is signed in to ${name}.`, next: 'aim login' });
      const settings = fakeSettings({ color: 'never', profile: name, readOnly: context.settings.get('readOnly') });
      return {
        parts: {
          context: { ...context, settings, api: server.api },
          api: server.api,
          account: anAccount('viewer', `somebody@${name}`),
          server: server.api.server,
          embedded: false,
        },
        close: async () => {
          server.calls.push({ name: 'close', args: [] });
        },
      };
    },
  };
}

/** What Ink draws when it draws everything: Ctrl-L. */
async function redrawn(terminal: VirtualTerminal, dashboard: Dashboard): Promise<string> {
  const from = terminal.raw().length;
  dashboard.keyboard.dispatch({ kind: 'key', key: { name: 'ctrl-l', text: null, lone: true, repeat: false, at: 0 } });
  await quiet(terminal, dashboard, LOOKS);
  return terminal.raw().slice(from);
}

const LOOKS = { look: 10, patience: 15_000 };

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

export function fakeSettings(values: Partial<SettingValues> = {}): ActionContext['settings'] {
  const all: SettingValues = {
    server: null, profile: 'default', account: null, store: 'file', color: 'auto', theme: 'auto', ascii: false, mouse: false, readOnly: false,
    timeoutSeconds: 30, retries: 0, fps: 0, pager: null, editor: null, proxy: null, caFile: null, clientCertificate: null, clientKey: null,
    attention: 'none', hints: false, updateNotice: false, aliases: {}, views: {}, plugins: {}, keys: {}, ...values,
  }; // biome-ignore format: one table
  const folder = mkdtempSync(join(tmpdir(), 'aim-dashboard-'));
  return {
    get: (key) => all[key],
    explain: (key) => ({ value: all[key], layer: 'default', source: 'the test', others: [] }),
    paths: { home: folder, aim: folder, config: folder, state: folder, cache: folder, data: folder, log: folder },
  } as ActionContext['settings'];
}

// Ink listens once for every dashboard that a test file opens.
EventEmitter.defaultMaxListeners = 50;
