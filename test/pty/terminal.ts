// The built program in a real pseudo-terminal, read through an emulator's cells as a person would read it.

import { spawn as spawnChild } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type IPty, spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';

/** The built program. AIM_PROGRAM names another build. */
export const program = process.env['AIM_PROGRAM'] ?? fileURLToPath(new URL('../../dist/aim.js', import.meta.url));

/** A machine of one's own: a home and XDG folders that nobody used, and no variable of the developer's. */
export type Machine = { root: string; home: string; state: string; env: Record<string, string>; remove(): void };

export function freshMachine(extra: Record<string, string> = {}): Machine {
  const root = mkdtempSync(join(tmpdir(), 'aim-'));
  const folders = {
    HOME: 'home',
    XDG_CONFIG_HOME: 'config',
    XDG_STATE_HOME: 'state',
    XDG_CACHE_HOME: 'cache',
    XDG_RUNTIME_DIR: 'run',
  };
  const env: Record<string, string> = { PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8', TZ: 'UTC', ...extra };
  for (const [name, folder] of Object.entries(folders)) {
    env[name] = join(root, folder);
    mkdirSync(join(root, folder), { mode: 0o700 });
  }
  return {
    root,
    home: join(root, 'home'),
    state: join(root, 'state'),
    env,
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

export type Terminal = {
  /** The visible rows, right-trimmed. */
  rows(): string[];
  text(): string;
  /** Waits until `match` is on the screen; fails with the screen as it is. Milliseconds. */
  waitFor(match: string | RegExp | ((text: string) => boolean), timeout?: number): Promise<string>;
  /** Sends each key on its own, as a person types; the program must see them apart. */
  keys(...keys: string[]): Promise<void>;
  /** Sends text in one write, as a paste without brackets or a slow link would deliver it. */
  write(text: string): void;
  resize(columns: number, rows: number): void;
  signal(name: string): void;
  /** Reads nothing more from the program, as a terminal does on a link that hangs; `release` goes on. */
  hold(): void;
  release(): void;
  /** Every byte that the program wrote. */
  raw(): string;
  readonly pid: number;
  readonly exited: Promise<{ exitCode: number; signal: number | undefined }>;
  /** The emulator, for cells, cursor and modes. */
  readonly emulator: InstanceType<typeof xterm.Terminal>;
  kill(): void;
};

export type TerminalOptions = { columns?: number; rows?: number; env: Record<string, string>; cwd?: string; command?: string };

export function openTerminal(
  args: readonly string[],
  { columns = 80, rows = 24, env, cwd, command = process.execPath }: TerminalOptions,
): Terminal {
  const emulator = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 1000 });
  const pty: IPty = spawn(command, command === process.execPath ? [program, ...args] : [...args], {
    name: env['TERM'] ?? 'xterm-256color', // the pty sets TERM to this, whatever the environment says
    cols: columns,
    rows,
    cwd: cwd ?? env['HOME'] ?? process.cwd(),
    env: { TERM: 'xterm-256color', COLORTERM: 'truecolor', ...env },
  });
  let written = '';
  pty.onData((chunk) => {
    written += chunk;
    emulator.write(chunk);
  });
  const exited = new Promise<{ exitCode: number; signal: number | undefined }>((resolve) => {
    pty.onExit(({ exitCode, signal }) => resolve({ exitCode, signal }));
  });
  const visible = () => {
    const buffer = emulator.buffer.active;
    return Array.from(
      { length: emulator.rows },
      (_, row) =>
        buffer
          .getLine(buffer.viewportY + row)
          ?.translateToString(false, 0, emulator.cols)
          .trimEnd() ?? '',
    );
  };
  const text = () => visible().join('\n');
  return {
    rows: visible,
    text,
    waitFor: (match, timeout = 15_000) =>
      waitUntil(
        () => (matches(text(), match) ? text() : null),
        timeout,
        () => `waiting for ${describe(match)}; the screen shows:\n${text()}`,
      ),
    keys: async (...keys) => {
      for (const key of keys) {
        pty.write(NAMED[key] ?? key);
        // A key right behind Escape is Alt with that key to every terminal program.
        await pause(key === 'escape' ? 250 : 40);
      }
    },
    write: (bytes) => pty.write(bytes),
    resize: (toColumns, toRows) => {
      emulator.resize(toColumns, toRows);
      pty.resize(toColumns, toRows);
    },
    signal: (name) => pty.kill(name),
    hold: () => pty.pause(),
    release: () => pty.resume(),
    raw: () => written,
    pid: pty.pid,
    exited,
    emulator,
    kill: () => {
      try {
        pty.kill('SIGKILL');
      } catch {
        // It has ended already.
      }
    },
  };
}

const NAMED: Record<string, string> = {
  enter: '\r',
  escape: '\u001b',
  tab: '\t',
  up: '\u001b[A',
  down: '\u001b[B',
  right: '\u001b[C',
  left: '\u001b[D',
  'page-down': '\u001b[6~',
  'page-up': '\u001b[5~',
  home: '\u001b[H',
  end: '\u001b[F',
  backspace: '\u007f',
  'ctrl-c': '\u0003',
  'ctrl-z': '\u001a',
  'ctrl-s': '\u0013',
  'ctrl-u': '\u0015',
};

/** Runs the program to its end without a terminal. */
export function run(
  args: readonly string[],
  { env, cwd, input, timeout = 30_000, command = process.execPath }: RunOptions,
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawnChild(command, command === process.execPath ? [program, ...args] : [...args], {
      env,
      cwd: cwd ?? env['HOME'],
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => {
      output.stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      output.stderr += chunk.toString();
    });
    const patience = setTimeout(() => child.kill('SIGKILL'), timeout);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(patience);
      resolve({ ...output, code, signal });
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(input ?? '');
  });
}
type RunOptions = { env: Record<string, string>; cwd?: string; input?: string; timeout?: number; command?: string };
export type Finished = { stdout: string; stderr: string; code: number | null; signal: NodeJS.Signals | null };

/** Waits for a condition, not for a time. @throws Error with `complaint()` when it never holds. */
export async function waitUntil<Value>(
  probe: () => Value | null | false | undefined | Promise<Value | null | false | undefined>,
  timeout = 15_000,
  complaint: () => string = () => 'the condition never held',
  between = 25,
): Promise<Value> {
  const until = Date.now() + timeout;
  for (;;) {
    const value = await probe();
    if (value !== null && value !== false && value !== undefined) return value;
    if (Date.now() > until) throw new Error(complaint());
    await pause(between);
  }
}

/** Processes whose environment has this machine's HOME or state folder: everything that the program started there. */
export function processesOf(machine: Machine): { pid: number; command: string }[] {
  if (!existsSync('/proc/self/environ')) return [];
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return [];
    try {
      const environment = readFileSync(`/proc/${name}/environ`, 'utf8');
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      return environment.includes(machine.root) && command !== '' ? [{ pid: Number(name), command }] : [];
    } catch {
      return []; // It ended while we looked.
    }
  });
}

export const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

function matches(text: string, match: string | RegExp | ((text: string) => boolean)): boolean {
  if (typeof match === 'function') return match(text);
  return typeof match === 'string' ? text.includes(match) : match.test(text);
}

const describe = (match: string | RegExp | ((text: string) => boolean)): string =>
  typeof match === 'function' ? 'a condition' : String(match);
