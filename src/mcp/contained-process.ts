// A stranger's program, started so that it can be ended: scrubbed environment, a home of its own, its own group, a marker, limits.

import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import type { LaunchStdio } from './launch.ts';
import { endNow, MARKER, signal } from './processes.ts';
import type { Sandbox } from './sandbox-kinds.ts';
import { behindBwrap, behindContainer, type Environment, type Walled } from './sandboxes.ts';

export type Limits = {
  /** One message. A tool list of 10,000 tools is about 5 MB. */
  messageBytes: number;
  /** All that is not a message. */
  junkBytes: number;
  stderrBytes: number;
  /** Between asking to end and ending. */
  graceMs: number;
};

export const defaultLimits: Limits = {
  messageBytes: 24 * 1024 * 1024,
  junkBytes: 1024 * 1024,
  stderrBytes: 4_096,
  graceMs: 400,
};

export type ContainedProcess = {
  readonly marker: string;
  send(line: string): void;
  stderrTail(): string;
  /** Lines on standard output that were no messages. */
  junkLines(): number;
  exit(): { code: number | null; signal: string | null } | null;
  /** Ends it and everything that came from it. Answers the processes that could not be ended. */
  end(): Promise<number[]>;
};

export type Listener = {
  message(message: object): void;
  /** Why it is over: it ended, could not start, or broke a limit. Called once. */
  over(reason: string): void;
};

/** Starts at once. What goes wrong, also at the start, comes to `listener.over`. */
export function startContained(
  launch: LaunchStdio,
  listener: Listener,
  {
    limits = defaultLimits,
    sandbox = 'none',
    image,
    env = process.env,
  }: { limits?: Limits; sandbox?: Sandbox; image?: string | undefined; env?: Environment } = {},
): ContainedProcess {
  const marker = randomBytes(16).toString('hex');
  const home = mkdtempSync(join(tmpdir(), 'aim-inspection-'));
  mkdirSync(join(home, 'tmp'));
  const given = { ...scrubbed(env), ...ownHome(home), ...launch.env, [MARKER]: marker };
  const { argv, env: outside, words, cleanUp } = walled(sandbox, { launch, home, marker, given, image }, env);
  let over: string | null = null;
  let junk = { bytes: 0, lines: 0 };
  let stderr = '';
  let ended: Promise<number[]> | null = null;

  const [command = '', ...args] = argv;
  const child = spawn(command, args, {
    cwd: launch.cwd ?? home,
    env: { ...outside, [MARKER]: marker },
    detached: process.platform !== 'win32', // a group of its own
    stdio: words.length === 0 ? 'pipe' : ['pipe', 'pipe', 'pipe', 'pipe'],
    windowsHide: true,
  }) as ChildProcessWithoutNullStreams;
  const { pid } = child;
  if (pid !== undefined) living.set(pid, marker);

  const finish = (reason: string): void => {
    if (over !== null) return;
    over = reason;
    listener.over(reason);
  };
  child.once('error', (error: NodeJS.ErrnoException) => finish(startFailure(error, command)));
  child.once('close', (code, by) => finish(by === null ? `It ended with exit code ${code}.` : `It was ended by ${by}.`));
  child.stdin.on('error', () => {}); // it closed its input; `close` says the rest
  if (words.length > 0) tell(child.stdio[3] as Writable, words);
  child.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString('utf8')).slice(-limits.stderrBytes);
  });
  readLines(child, limits, {
    line(text) {
      const message = asMessage(text);
      if (message !== null) return listener.message(message);
      if (text.trim() === '') return;
      junk = { bytes: junk.bytes + text.length, lines: junk.lines + 1 };
      if (junk.bytes > limits.junkBytes) stop(`It wrote more than ${size(limits.junkBytes)} that are no messages.`);
    },
    tooLong: () => stop(`It wrote a message of more than ${size(limits.messageBytes)}.`),
  });

  function stop(reason: string): void {
    finish(reason);
    child.stdout.destroy();
    void end(0);
  }

  function end(graceMs: number): Promise<number[]> {
    ended ??= endGently(child, marker, graceMs).finally(async () => {
      if (cleanUp !== null) await run(cleanUp, outside);
      if (pid !== undefined) living.delete(pid);
      rmSync(home, { recursive: true, force: true, maxRetries: 3 });
    });
    return ended;
  }

  return {
    marker,
    send: (line) => void (child.stdin.writable && child.stdin.write(`${line}\n`)),
    stderrTail: () => stderr,
    junkLines: () => junk.lines,
    exit: () =>
      child.exitCode === null && child.signalCode === null ? null : { code: child.exitCode, signal: child.signalCode },
    end: () => end(limits.graceMs),
  };
}

function walled(sandbox: Sandbox, inside: Parameters<typeof behindBwrap>[0], env: Environment): Walled {
  const { launch, home, given } = inside;
  try {
    if (sandbox === 'bwrap') return behindBwrap(inside, env);
    if (sandbox !== 'none') return behindContainer(sandbox, inside, env);
  } catch (error) {
    rmSync(home, { recursive: true, force: true });
    throw error;
  }
  return { argv: [launch.command, ...launch.args], env: given, words: [], cleanUp: null };
}

function tell(stream: Writable, words: readonly string[]): void {
  stream.on('error', () => {}); // what should read it did not start
  stream.end(words.map((word) => `${word}\0`).join(''));
}

const run = ([command = '', ...args]: readonly string[], env: Record<string, string>): Promise<void> =>
  new Promise((resolve) => void execFile(command, args, { env, timeout: LONGEST_DEATH }, () => resolve()));

// Asks by closing its input, then by SIGTERM, then no more; the same that the specification asks of clients.
async function endGently(child: ChildProcessWithoutNullStreams, marker: string, graceMs: number): Promise<number[]> {
  const { pid } = child;
  if (pid === undefined) return [];
  const gone = new Promise<void>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('exit', () => resolve());
  });
  child.stdin.end();
  if (graceMs > 0) {
    await Promise.race([gone, pause(graceMs / 2)]);
    if (child.exitCode === null && child.signalCode === null) {
      signal(process.platform === 'win32' ? pid : -pid, 'SIGTERM');
      await Promise.race([gone, pause(graceMs / 2)]);
    }
  }
  const left = endNow(pid, marker);
  child.stdout.destroy();
  child.stderr.destroy();
  await Promise.race([gone, pause(LONGEST_DEATH)]);
  return left;
}

// Should the program itself end in the middle, nothing of theirs stays.
const living = new Map<number, string>();
process.on('exit', () => {
  for (const [pid, marker] of living) endNow(pid, marker);
});

function readLines(
  child: ChildProcessWithoutNullStreams,
  limits: Limits,
  take: { line(text: string): void; tooLong(): void },
): void {
  let parts: Buffer[] = [];
  let length = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    let start = 0;
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, start)) {
      parts.push(chunk.subarray(start, at));
      const line = Buffer.concat(parts).toString('utf8');
      parts = [];
      length = 0;
      start = at + 1;
      take.line(line);
    }
    parts.push(chunk.subarray(start));
    length += chunk.length - start;
    if (length > limits.messageBytes) {
      parts = [];
      length = 0;
      take.tooLong();
    }
  });
}

function asMessage(line: string): object | null {
  if (!line.trimStart().startsWith('{')) return null;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && 'jsonrpc' in value ? value : null;
  } catch {
    return null;
  }
}

// What a program needs to run at all and to reach the network through a proxy; nothing that says who the user is.
const KEPT =
  /^(?:PATH|PATHEXT|SYSTEMROOT|SYSTEMDRIVE|WINDIR|COMSPEC|PROCESSOR_ARCHITECTURE|NUMBER_OF_PROCESSORS|LANG|LC_[A-Z]+|TZ|(?:https?|no|all)_proxy|SSL_CERT_FILE|SSL_CERT_DIR|NODE_EXTRA_CA_CERTS|REQUESTS_CA_BUNDLE|npm_config_registry|PIP_INDEX_URL|UV_INDEX_URL)$/i;

const scrubbed = (env: Environment): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).filter(
      (pair): pair is [string, string] => pair[1] !== undefined && KEPT.test(pair[0]) && !hasLogin(pair[1]),
    ),
  );

const hasLogin = (value: string): boolean => /:\/\/[^/\s]*@/.test(value);

const ownHome = (home: string): Record<string, string> => ({
  HOME: home,
  TMPDIR: join(home, 'tmp'),
  TERM: 'dumb',
  NO_COLOR: '1',
  ...(process.platform === 'win32'
    ? { USERPROFILE: home, APPDATA: home, LOCALAPPDATA: home, TEMP: join(home, 'tmp'), TMP: join(home, 'tmp') }
    : {}),
});

function startFailure({ code }: NodeJS.ErrnoException, command: string): string {
  if (code === 'ENOENT') return `The program ${command} is not there.`;
  if (code === 'EACCES') return `The program ${command} may not be run.`;
  return `It could not be started (${code ?? 'unknown error'}).`;
}

const size = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MB`;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const LONGEST_DEATH = 5_000; // a process in uninterruptible sleep on a dead disk outlives even SIGKILL
