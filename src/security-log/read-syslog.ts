// Lines of syslog: RFC 5424, the older form of RFC 3164, and what rsyslog and syslog-ng write to files.

import type { Timestamp } from '../wire/scalars.ts';
import type { EventSeverity } from './entry.ts';
import { readTime, timestampAt } from './read-time.ts';
import { syslogSeverity } from './severity-words.ts';

export type SyslogLine = {
  time: Timestamp | null;
  severity: EventSeverity | null;
  host: string | null;
  program: string | null;
  processId: string | null;
  structuredData?: string;
  message: string;
};

export function readSyslog(text: string, now = Date.now()): SyslogLine | null {
  const priority = /^<(\d{1,3})>/.exec(text);
  const severity = priority ? syslogSeverity(Number(priority[1]) & 7) : null;
  const rest = priority ? text.slice(priority[0].length) : text;
  if (priority && rest.startsWith('1 ')) return readRfc5424(rest, severity);
  const found = OLD.exec(rest);
  if (!found) return null;
  const [head, month, day, clock, iso, host, program, processId] = found;
  const time = iso ? readTime(iso) : withoutYear(month ?? '', day ?? '', clock ?? '', now);
  return {
    time,
    severity,
    host: host ?? null,
    program: program ?? null,
    processId: processId ?? null,
    message: rest.slice(head.length),
  };
}

function readRfc5424(rest: string, severity: EventSeverity | null): SyslogLine | null {
  const found = /^1 (\S+) (\S+) (\S+) (\S+) (\S+) /.exec(rest);
  if (!found) return null;
  const [head, time, host, program, processId] = found;
  const { structured, message } = splitStructured(rest.slice(head.length));
  return {
    time: readTime(time),
    severity,
    host: unlessNil(host),
    program: unlessNil(program),
    processId: unlessNil(processId),
    ...(structured ? { structuredData: structured } : {}),
    message,
  };
}

/** `[id name="value \] \" "]…`, or `-`; then the message, perhaps behind a byte order mark. */
function splitStructured(text: string): { structured: string; message: string } {
  const found = /^(?:-|(?:\[(?:[^\]"\\]|"(?:[^"\\]|\\.)*")*\])+)/.exec(text);
  const structured = found?.[0] ?? '';
  const message = text.slice(structured.length).replace(/^ ?\ufeff?/, '');
  return { structured: structured === '-' ? '' : structured, message };
}

/** RFC 3164 has no year and no zone: local time, in the year that makes it the nearest past. */
function withoutYear(month: string, day: string, clock: string, now: number): Timestamp | null {
  const year = new Date(now).getFullYear();
  const at = Date.parse(`${month} ${day} ${year} ${clock}`);
  if (at <= now + 86_400_000) return timestampAt(at);
  return timestampAt(Date.parse(`${month} ${day} ${year - 1} ${clock}`));
}

const unlessNil = (text: string | undefined): string | null => (text === undefined || text === '-' ? null : text);

const OLD =
  /^(?:(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) {1,2}(\d{1,2}) (\d\d:\d\d:\d\d)|(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))) ([\w.:-]+) ([\w./-]{1,64})(?:\[(\d+)\])?: ?/;
