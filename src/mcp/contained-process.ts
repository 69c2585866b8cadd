// A stranger's program, started so that it can be ended: scrubbed environment, a home of its own, its own group, a marker, limits.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LaunchStdio } from './launch.ts';
import { endNow, MARKER, signal } from './processes.ts';

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
    env = process.env,
  }: { limits?: Limits; sandbox?: Sandbox; env?: Environment } = {},
): ContainedProcess {
  const marker = randomBytes(16).toString('hex');
  const home = mkdtempSync(join(tmpdir(), 'aim-inspection-'));
  mkdirSync(join(home, 'tmp'));
  const argv = sandbox === 'bwrap' ? behindBwrap(launch, home) : [launch.command, ...launch.args];
  let over: string | null = null;
  let junk = { bytes: 0, lines: 0 };
  let stderr = '';
  let ended: Promise<number[]> | null = null;

  const [command = '', ...args] = argv;
  const child = spawn(command, args, {
    cwd: launch.cwd ?? home,
    env: { ...scrubbed(env), ...ownHome(home), ...launch.env, [MARKER]: marker },
    detached: process.platform !== 'win32', // a group of its own
    stdio: 'pipe',
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
    ended ??= endGently(child, marker, graceMs).finally(() => {
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

export type Sandbox = 'none' | 'bwrap';
type Environment = Readonly<Record<string, string | undefined>>;

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

// The disk to read but for where secrets lie, its home to write, no processes but its own.
function behindBwrap({ command, args, cwd }: LaunchStdio, home: string): string[] {
  const mounts = ['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc', '--tmpfs', '/tmp'];
  // What is started, and where it is to run, may lie below /tmp, which is empty in there.
  for (const path of new Set([command, ...args].flatMap(ownPartOfTmp))) mounts.push('--ro-bind', path, path);
  if (cwd !== null && existsSync(cwd)) mounts.push('--ro-bind', cwd, cwd);
  for (const folder of SECRET_FOLDERS.map((name) => join(homedir(), name)))
    if (existsSync(folder)) mounts.push('--tmpfs', folder);
  mounts.push('--bind', home, home);
  const ends = ['--die-with-parent', '--unshare-pid', '--unshare-ipc', '--unshare-uts', '--chdir', cwd ?? home];
  return ['bwrap', ...mounts, ...ends, '--', command, ...args];
}

/** The folder right below /tmp that a word of the command line names something in: a program needs what lies beside it. */
function ownPartOfTmp(word: string): string[] {
  const path = /^\/tmp\/[^/]+/.exec(word)?.[0];
  return path !== undefined && !/\/\.\.?(?:\/|$)/.test(word) && existsSync(word) ? [path] : [];
}

const SECRET_FOLDERS = [
  '.ssh',
  '.aws',
  '.azure',
  '.gnupg',
  '.aim',
  '.kube',
  '.docker',
  '.password-store',
  '.config/gcloud',
  '.config/gh',
  '.config/op',
  '.local/share/keyrings',
  '.mozilla',
  '.config/google-chrome',
  '.config/chromium',
];

function startFailure({ code }: NodeJS.ErrnoException, command: string): string {
  if (code === 'ENOENT') return `The program ${command} is not there.`;
  if (code === 'EACCES') return `The program ${command} may not be run.`;
  return `It could not be started (${code ?? 'unknown error'}).`;
}

const size = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MB`;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const LONGEST_DEATH = 5_000; // a process in uninterruptible sleep on a dead disk outlives even SIGKILL
