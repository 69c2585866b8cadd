// A log on another machine: what `aim logs tail --json` says there, over ssh. Nothing of it is a command here, and nothing is believed.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import type { LogItem } from './entry.ts';
import { type LogSource, sourceNotice } from './log-source.ts';
import { readLogLine } from './read-line.ts';

export type RemoteLog = { name: string; destination: string; port: string | null; path: string };

/** `ssh://[user@]host[:port]/path`. Null for anything else, such as a host that ssh would take for an option. */
export function parseRemote(word: string): RemoteLog | null {
  const found =
    /^ssh:\/\/(?:([A-Za-z0-9_][\w.-]*)@)?([A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?(\/[^\0\r\n]*)$/.exec(
      word,
    );
  const [, user, host = '', port, path = ''] = found ?? [];
  if (!found || path === '/') return null;
  const bare = host.replaceAll(/[[\]]/g, '');
  return { name: word, destination: user === undefined ? bare : `${user}@${bare}`, port: port ?? null, path };
}

/** `ssh`: the program, for tests. */
export function remoteSource(remote: RemoteLog, { ssh = 'ssh' }: { ssh?: string } = {}): LogSource {
  const { name } = remote;
  let last: string | null = null;
  const seen = new Set<string>();
  const take = (item: LogItem): LogItem | null => {
    if (item.kind !== 'entry') return item;
    const { raw, time } = item.entry;
    if (seen.has(raw)) return null;
    seen.add(raw);
    if (seen.size > REMEMBERED) seen.delete(seen.values().next().value as string);
    if (time !== null && (last === null || time > last)) last = time;
    return item;
  };
  return {
    name,
    async *backlog(count, signal) {
      if (count === 0) return;
      const backlog = Number.isFinite(count) ? String(count) : '1000000000';
      for await (const item of run(ssh, remote, ['--no-follow', '--backlog', backlog], signal)) {
        const taken = take(item);
        if (taken) yield [taken];
      }
    },
    async *live(signal) {
      for (let attempt = 0; !signal.aborted; attempt += 1) {
        const begun = Date.now();
        // After a break, what was written meanwhile comes first; what came before it is known again by its bytes.
        const from = last === null ? ['--backlog', '0'] : ['--since', last];
        for await (const item of run(ssh, remote, from, signal)) {
          const taken = take(item);
          if (taken) yield [taken];
        }
        if (Date.now() - begun > LONGEST_PAUSE) attempt = 0;
        await pause(Math.min(LONGEST_PAUSE, 1000 * 2 ** attempt), null, { signal }).catch(() => {});
      }
    },
  };
}

async function* run(
  ssh: string,
  { name, destination, port, path }: RemoteLog,
  options: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<LogItem> {
  // ssh hands the words to the other side's shell as one line: the path is the only one that is not ours.
  const command = ['aim', 'logs', 'tail', '--json', ...options, '--', quoted(path)];
  const args = ['-T', '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10', ...(port === null ? [] : ['-p', port])];
  const child = spawn(ssh, [...args, '--', destination, ...command], {
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
    shell: false,
  });
  let complaint = '';
  let failure: Error | null = null;
  child.on('error', (error) => {
    failure = error;
  });
  child.stderr.on('data', (bytes: Buffer) => {
    complaint = (complaint + bytes.toString('utf8')).slice(-MOST_COMPLAINT);
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  for await (const line of createInterface({ input: child.stdout })) {
    const item = itemOf(line, name);
    if (item) yield item;
  }
  const code = await ended;
  if (signal.aborted || (code === 0 && failure === null)) return;
  const because = complaint.trim().split('\n').at(-1) || (failure as Error | null)?.message || `ssh ended with ${code}`;
  yield sourceNotice(name, `${name} cannot be read: ${because}`);
}

/** Read anew from the line itself: what the other side made of it is its own opinion. */
function itemOf(line: string, name: string): LogItem | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return sourceNotice(name, `${name} says something that is no line of a log.`);
  }
  const { kind, entry, notice, text, count } = (value ?? {}) as Record<string, unknown>;
  if (kind === 'entry') {
    const { raw, source } = (entry ?? {}) as { raw?: unknown; source?: { line?: unknown; offset?: unknown } };
    if (typeof raw !== 'string') return null;
    return {
      kind: 'entry',
      entry: readLogLine(raw, { file: name, line: whole(source?.line), offset: whole(source?.offset) }),
    };
  }
  if (kind !== 'notice' || typeof text !== 'string' || !isNotice(notice)) return null;
  return { kind: 'notice', notice, text, file: name, count: typeof count === 'number' ? whole(count) : null };
}

const isNotice = (word: unknown): word is Extract<LogItem, { kind: 'notice' }>['notice'] =>
  ['rotated', 'truncated', 'gap', 'tampered', 'missing', 'dropped', 'skew'].includes(word as string);
const whole = (value: unknown): number => (Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : 0);
const quoted = (path: string): string => `'${path.replaceAll("'", `'\\''`)}'`;

const REMEMBERED = 4096; // lines
const LONGEST_PAUSE = 30_000; // milliseconds
const MOST_COMPLAINT = 2000;
