// What every export format needs of a line, named once: the members of an AIM line that are not in `LogEntry` by themselves.

import type { EventSeverity, LogEntry } from '../entry.ts';

export type EventFacts = {
  /** Milliseconds since 1970. When the line has no time, when it was read. */
  time: number;
  iso: string;
  isTimeKnown: boolean;
  id: string | null;
  category: string;
  type: string;
  severity: EventSeverity;
  message: string;
  hostname: string | null;
  processId: number | null;
  sdk: string | null;
  userId: string | null;
  organizationId: string | null;
  sourceIp: string | null;
  url: string | null;
  method: string | null;
  status: number | null;
  stackTrace: string | null;
  parentId: string | null;
  /** `success`, `failure` or neither, whichever of the four words the line uses. */
  outcome: 'success' | 'failure' | null;
  agentId: string | null;
  agentName: string | null;
  action: string | null;
  resource: string | null;
  result: string | null;
  error: string | null;
  correlationId: string | null;
  sessionId: string | null;
  details: Readonly<Record<string, unknown>>;
  seq: number | null;
  prevHash: string | null;
};

export function factsOf(entry: LogEntry, now: number): EventFacts {
  const { extra } = entry;
  const time = entry.time === null ? now : Date.parse(entry.time);
  return {
    time,
    iso: new Date(time).toISOString(),
    isTimeKnown: entry.time !== null,
    id: text(extra['event_id']),
    category: entry.category ?? 'AUDIT',
    type: entry.type ?? 'LOG_MESSAGE',
    severity: entry.severity ?? 'INFO',
    message: entry.message,
    hostname: text(extra['hostname']) ?? text(extra['host']) ?? text(extra['_HOSTNAME']),
    processId: number(extra['process_id']) ?? number(extra['processId']) ?? number(extra['_PID']),
    sdk: text(extra['sdk_version']),
    userId: text(extra['user_id']),
    organizationId: text(extra['organization_id']),
    sourceIp: text(extra['source_ip']),
    url: text(extra['destination_url']),
    method: text(extra['http_method']),
    status: number(extra['http_status']),
    stackTrace: text(extra['stack_trace']),
    parentId: text(extra['parent_event_id']),
    outcome: outcomes[entry.result ?? ''] ?? null,
    agentId: entry.agentId,
    agentName: entry.agentName,
    action: entry.action,
    resource: entry.resource,
    result: entry.result,
    error: entry.error,
    correlationId: entry.correlationId,
    sessionId: entry.sessionId,
    details: entry.details,
    seq: number(extra['seq']),
    prevHash: text(extra['prev_hash']),
  };
}

/** The object without members that are null, undefined or empty, at every depth: formats leave out what is not known. */
export function known<Value extends object>(value: Value): Value {
  const kept = Object.entries(value).flatMap(([name, member]): [string, unknown][] => {
    if (member === null || member === undefined || member === '') return [];
    if (typeof member !== 'object' || Array.isArray(member)) return [[name, member]];
    const inner = known(member as object);
    return Object.keys(inner).length === 0 ? [] : [[name, inner]];
  });
  return Object.fromEntries(kept) as Value;
}

const outcomes: Record<string, 'success' | 'failure'> = {
  SUCCESS: 'success',
  GRANTED: 'success',
  FAILURE: 'failure',
  DENIED: 'failure',
};

const text = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : null;
const number = (value: unknown): number | null => {
  const read = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof read === 'number' && Number.isFinite(read) ? read : null;
};
