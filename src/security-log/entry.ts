// One line of a security log, as AIM's SDKs write it, and as anything else that a tail may meet (wire-mcp-logs-a2a §5.2).

import type { Untrusted } from '../text/brand.ts';
import type { Timestamp } from '../wire/scalars.ts';
import type { LogSource } from './log-source.ts';

export const severities = ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'] as const;
export type EventSeverity = (typeof severities)[number];

/** A log line after reading. Members that the line lacks are null; what it has beside them is in `extra`. */
export type LogEntry = {
  /** Null where the line has no time that can be read. */
  time: Timestamp | null;
  category: Untrusted | null;
  type: Untrusted | null;
  severity: EventSeverity | null;
  message: Untrusted;
  agentId: Untrusted | null;
  agentName: Untrusted | null;
  action: Untrusted | null;
  resource: Untrusted | null;
  result: Untrusted | null;
  error: Untrusted | null;
  correlationId: Untrusted | null;
  sessionId: Untrusted | null;
  details: Record<string, unknown>;
  extra: Record<string, unknown>;
  /** What the line was, exactly. For copying and JSON, never for a cell. */
  raw: Untrusted;
  format: 'aim' | 'correlated' | 'journald' | 'syslog' | 'control-plane' | 'plain' | 'invalid';
  /** `line` is 0 where reading did not begin at the start of the file. `log` and `inode` are there when it comes from `tail()`. */
  source: { file: string; line: number; offset: number; log?: string; inode?: number; end?: number };
};

export type LogItem =
  | { kind: 'entry'; entry: LogEntry }
  /** Said in place: bytes that could not be read, a broken chain, a file that was cut or replaced. */
  | {
      kind: 'notice';
      notice: 'rotated' | 'truncated' | 'gap' | 'tampered' | 'missing' | 'dropped' | 'skew';
      text: string;
      file: string;
      count: number | null;
    };

/** Options of `tail(files, options)` in `tail.ts`. */
export type TailOptions = {
  /** How many lines before now, over all parts of the file. Default 10; `Infinity` for all. */
  backlog?: number | undefined;
  follow?: boolean | undefined;
  signal?: AbortSignal | undefined;
  /** What is read beside the files. */
  sources?: readonly LogSource[] | undefined;
  /** Where an earlier reading of a file ended: the backlog is what came after that. */
  resume?: Readonly<Record<string, LogPosition>> | undefined;
};

/** A place behind a line: in which file, at which byte, and the number of the last link before it, in case the file was replaced. */
export type LogPosition = { inode: number; offset: number; seq: number | null };
