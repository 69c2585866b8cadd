// One line of any log, read as far as it can be read: ours, other SDKs', journald, syslog, other JSON, prose, junk. Never throws.

import { asUntrusted, type Untrusted } from '../text/brand.ts';
import type { LogEntry } from './entry.ts';
import { readSyslog } from './read-syslog.ts';
import { readTime } from './read-time.ts';
import { severityOf, syslogSeverity } from './severity-words.ts';

/** `left`: bytes of the line that were not read. */
export type LineSource = LogEntry['source'] & { left?: number };

export function readLogLine(line: string | Buffer, source: LineSource): LogEntry {
  const whole = typeof line === 'string' ? line : line.toString('utf8');
  const text = whole.endsWith('\r') ? whole.slice(0, -1) : whole;
  const { left = 0, ...where } = source;
  const entry = { ...empty, raw: asUntrusted(text), source: where };
  if (left > 0) {
    return {
      ...entry,
      ...headOf(text),
      format: 'invalid',
      message: asUntrusted(text.slice(0, SHOWN)),
      extra: { bytesNotRead: left },
    };
  }
  if (text.startsWith('{')) {
    const members = parseObject(text);
    return members ? fromMembers(entry, members) : { ...entry, format: 'invalid', message: entry.raw };
  }
  if (text.includes('\0') || text.includes('\ufffd')) return { ...entry, format: 'invalid', message: entry.raw };
  const syslog = readSyslog(text);
  if (!syslog) return { ...entry, ...readPlain(text) };
  const inner = syslog.message.startsWith('{') ? parseObject(syslog.message) : null;
  const outer = { ...entry, time: syslog.time, severity: syslog.severity };
  const read = inner ? fromMembers(outer, inner) : { ...outer, message: asUntrusted(syslog.message) };
  const { time, severity, message: _, ...around } = syslog;
  return {
    ...read,
    format: 'syslog',
    time: read.time ?? time,
    severity: read.severity ?? severity,
    extra: { ...read.extra, ...around },
  };
}

/** When, how severe and what: enough to find a line that is not read whole, where its beginning is as an AIM SDK writes it. */
function headOf(text: string): Pick<LogEntry, 'time' | 'severity' | 'category' | 'type'> | null {
  const found = HEAD.exec(text.slice(0, 1000));
  if (!found) return null;
  const [, time, category = '', type = '', severity] = found;
  return { time: readTime(time), category: asUntrusted(category), type: asUntrusted(type), severity: severityOf(severity) };
}

const HEAD =
  /^\{"timestamp":"([^"\\]*)",(?:"event_id":"[^"\\]*",)?"category":"([^"\\]*)","event_type":"([^"\\]*)","severity":"([^"\\]*)"/;

type Members = Record<string, unknown>;

const empty = {
  time: null,
  category: null,
  type: null,
  severity: null,
  message: asUntrusted(''),
  agentId: null,
  agentName: null,
  action: null,
  resource: null,
  result: null,
  error: null,
  correlationId: null,
  sessionId: null,
  details: {},
  extra: {},
  format: 'plain' as const,
};

function fromMembers(entry: LogEntry, members: Members): LogEntry {
  if (typeof members['event_type'] === 'string' && 'category' in members) return fromAim(entry, members);
  if ('enforcement' in members && 'schemaVersion' in members) return fromCorrelated(entry, members);
  if ('__REALTIME_TIMESTAMP' in members || ('MESSAGE' in members && 'PRIORITY' in members)) return fromJournald(entry, members);
  return fromOther(entry, members);
}

/** Most lines of most logs: made in one piece, because copies of copies cost more than parsing. */
function fromAim(entry: LogEntry, members: Members): LogEntry {
  const { details } = members;
  const extra: Members = {};
  for (const name in members) if (!AIM_MEMBERS.has(name) && name !== '__proto__') extra[name] = members[name];
  return {
    time: readTime(members['timestamp']),
    category: textOf(members['category']),
    type: textOf(members['event_type']),
    severity: severityOf(members['severity']),
    message: textOf(members['message']) ?? asUntrusted(''),
    agentId: textOf(members['agent_id']),
    agentName: textOf(members['agent_name']),
    action: textOf(members['action']),
    resource: textOf(members['resource']),
    result: textOf(members['result']),
    error: textOf(members['error']),
    correlationId: textOf(members['correlation_id']),
    sessionId: textOf(members['session_id']),
    details: isMembers(details) ? details : details === undefined ? {} : { details },
    extra,
    raw: entry.raw,
    format: 'aim',
    source: entry.source,
  };
}

const AIM_MEMBERS: ReadonlySet<string> = new Set([
  ...['timestamp', 'category', 'event_type', 'severity', 'message', 'agent_id', 'agent_name', 'action', 'resource', 'result'],
  ...['error', 'correlation_id', 'session_id', 'details'],
]);

/** `~/.opena2a/correlated-events.jsonl` (wire-mcp-logs-a2a §8): a decision, joined with what is thought to have caused it. */
function fromCorrelated(entry: LogEntry, members: Members): LogEntry {
  const { createdAt, agentId, correlationId, enforcement, detection, ...extra } = members;
  const decision = isMembers(enforcement) ? enforcement : {};
  const found = isMembers(detection) ? detection : {};
  const isDenied = decision['decision'] === 'deny';
  const reason = textOf(decision['deniedReason']);
  const what = [
    textOf(decision['outcome']) ?? textOf(decision['decision']),
    textOf(decision['capability']),
    textOf(decision['resource']),
  ];
  return {
    ...entry,
    format: 'correlated',
    time: readTime(decision['occurredAt']) ?? readTime(createdAt),
    category: asUntrusted('AUTHZ'),
    type: asUntrusted(isDenied ? 'CAPABILITY_DENIED' : 'CAPABILITY_GRANTED'),
    severity: found['injectionDetected'] === true ? 'ERROR' : isDenied ? 'WARNING' : 'INFO',
    message: asUntrusted(what.filter(Boolean).join(' ') + (reason ? `: ${reason}` : '')),
    agentId: textOf(agentId),
    action: textOf(decision['capability']),
    resource: textOf(decision['resource']),
    result: asUntrusted(isDenied ? 'DENIED' : 'GRANTED'),
    error: reason,
    correlationId: textOf(correlationId),
    details: { enforcement: decision, ...(detection === undefined ? {} : { detection }) },
    extra,
  };
}

/** `journalctl -o json`. A message that is not UTF-8 comes as a list of bytes; one of ours is read as such. */
function fromJournald(entry: LogEntry, members: Members): LogEntry {
  const { MESSAGE, PRIORITY, __REALTIME_TIMESTAMP, ...extra } = members;
  const text = Array.isArray(MESSAGE)
    ? Buffer.from(MESSAGE.filter((byte) => typeof byte === 'number')).toString('utf8')
    : String(MESSAGE ?? '');
  const inner = text.startsWith('{') ? parseObject(text) : null;
  const read = inner && !('MESSAGE' in inner) ? fromMembers(entry, inner) : { ...entry, message: asUntrusted(text) };
  return {
    ...read,
    format: 'journald',
    time: read.time ?? readTime(Number(__REALTIME_TIMESTAMP) / 1000),
    severity: read.severity ?? syslogSeverity(Number(PRIORITY)),
    extra: { ...read.extra, ...extra },
  };
}

/** Any other JSON: the names that loggers commonly give to time, level and message. */
function fromOther(entry: LogEntry, members: Members): LogEntry {
  const first = (...names: string[]): unknown => names.map((name) => members[name]).find((value) => value !== undefined);
  return {
    ...entry,
    format: 'plain',
    time: readTime(first('timestamp', '@timestamp', 'time', 'ts', 'date')),
    severity: severityOf(first('severity', 'level', 'lvl', 'log.level')),
    message: textOf(first('message', 'msg', 'text')) ?? entry.raw,
    type: textOf(first('event', 'type')),
    agentId: textOf(first('agent_id', 'agentId')),
    agentName: textOf(first('agent_name', 'agentName')),
    error: textOf(first('error', 'err')),
    correlationId: textOf(first('correlation_id', 'correlationId', 'trace_id', 'traceId')),
    extra: members,
  };
}

function readPlain(text: string): Pick<LogEntry, 'time' | 'severity' | 'message'> {
  const time = /^\[?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?)\]?/.exec(text.slice(0, 48));
  const level = /\b(DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|ERR|CRITICAL|CRIT|FATAL|ALERT|EMERG)\b/i.exec(text.slice(0, 100));
  return { time: readTime(time?.[1]?.replace(',', '.')), severity: severityOf(level?.[1]), message: asUntrusted(text) };
}

/** A JSON object; also Python's, which may hold NaN and Infinity. */
function parseObject(text: string): Members | null {
  const value = tryParse(text) ?? (/\b(?:NaN|Infinity)\b/.test(text) ? tryParse(text.replace(NOT_NUMBERS, '$1null')) : null);
  return isMembers(value) ? value : null;
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

// Only where a value may stand: behind a colon, comma or bracket. Inside a string the text would have to look the same; then it stays invalid or loses a word.
const NOT_NUMBERS = /([:,[]\s*)-?(?:NaN|Infinity)(?=\s*[,}\]])/g;

const isMembers = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value);

function textOf(value: unknown): Untrusted | null {
  if (typeof value === 'string') return value === '' ? null : asUntrusted(value);
  if (typeof value === 'number' || typeof value === 'boolean') return asUntrusted(String(value));
  return isMembers(value) || Array.isArray(value) ? asUntrusted(JSON.stringify(value)) : null;
}

const SHOWN = 500;
