// One event as the host hands it over, and the JSON line that it becomes: the Python SDK's keys in the Python SDK's order.

import type { EventCategory, EventSeverity } from './event-types.ts';

/** What a host may say about an event beside its type. Absent, null and empty members are left out of the line. */
export type EventFields = {
  agentId?: string | null | undefined;
  agentName?: string | null | undefined;
  userId?: string | null | undefined;
  organizationId?: string | null | undefined;
  action?: string | null | undefined;
  resource?: string | null | undefined;
  result?: string | null | undefined;
  sourceIp?: string | null | undefined;
  destinationUrl?: string | null | undefined;
  httpMethod?: string | null | undefined;
  httpStatus?: number | null | undefined;
  details?: Readonly<Record<string, unknown>> | null | undefined;
  error?: string | null | undefined;
  stackTrace?: string | null | undefined;
  correlationId?: string | null | undefined;
  parentEventId?: string | null | undefined;
  sessionId?: string | null | undefined;
};

export type SecurityEvent = EventFields & {
  timestamp: string;
  eventId: string;
  category: EventCategory;
  eventType: string;
  severity: EventSeverity;
  message: string;
  sdkVersion: string;
  hostname: string;
  processId: number;
  threadId?: string | undefined;
};

/**
 * The line without its closing brace, so that the file can add `seq` and `prev_hash` behind everything else.
 * Byte for byte what `json.dumps(…, separators=(',', ':'))` makes of the same event: ASCII only, empties dropped.
 */
export function lineBody(event: SecurityEvent): string {
  const json = JSON.stringify({
    timestamp: event.timestamp,
    event_id: event.eventId,
    category: event.category,
    event_type: present(event.eventType),
    severity: event.severity,
    message: present(event.message),
    sdk_version: present(event.sdkVersion),
    hostname: present(event.hostname),
    process_id: present(event.processId),
    thread_id: present(event.threadId),
    agent_id: present(event.agentId),
    agent_name: present(event.agentName),
    user_id: present(event.userId),
    organization_id: present(event.organizationId),
    action: present(event.action),
    resource: present(event.resource),
    result: present(event.result),
    source_ip: present(event.sourceIp),
    destination_url: present(event.destinationUrl),
    http_method: present(event.httpMethod),
    http_status: present(event.httpStatus),
    details: isEmpty(event.details) ? undefined : event.details,
    error: present(event.error),
    stack_trace: present(event.stackTrace),
    correlation_id: present(event.correlationId),
    parent_event_id: present(event.parentEventId),
    session_id: present(event.sessionId),
  });
  const body = json.slice(0, -1);
  return NOT_ASCII.test(body) ? body.replace(EACH_NOT_ASCII, escaped) : body;
}

/** ISO 8601 in UTC with microseconds, as Python's `isoformat()` gives it: without a fraction when that is exactly zero. */
export function timestampNow(): string {
  const microseconds = Math.round(wallClock() * 1000);
  const second = Math.floor(microseconds / 1_000_000);
  if (second !== lastSecond) {
    lastSecond = second;
    lastSecondText = new Date(second * 1000).toISOString().slice(0, 19);
  }
  const fraction = microseconds - second * 1_000_000;
  return fraction === 0 ? `${lastSecondText}+00:00` : `${lastSecondText}.${String(fraction).padStart(6, '0')}+00:00`;
}

/** Milliseconds with microseconds behind the point. The precise clock is monotonic, so it is set again when the wall clock moved. */
function wallClock(): number {
  const coarse = Date.now();
  const precise = origin + performance.now();
  if (Math.abs(precise - coarse) < 2) return precise;
  origin = coarse - performance.now();
  return coarse;
}

let origin = performance.timeOrigin;

// Formatting a date costs more than the rest of a line; within a second only the fraction changes.
let lastSecond = Number.NaN;
let lastSecondText = '';

const NOT_ASCII = /[^ -~]/;
const EACH_NOT_ASCII = /[^ -~]/g;
const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

const present = <Value extends string | number>(value: Value | null | undefined): Value | undefined =>
  value === null || value === '' || value === 0 ? undefined : value;

function isEmpty(details: object | null | undefined): boolean {
  if (!details) return true;
  for (const _ in details) return false;
  return true;
}
