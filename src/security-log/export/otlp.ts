// OpenTelemetry logs as OTLP/HTTP carries them in JSON (OTLP 1.x, "JSON Protobuf Encoding"): one request for many lines.

import type { EventSeverity, LogEntry } from '../entry.ts';
import { type EventFacts, factsOf } from './event-facts.ts';

type AnyValue =
  | { stringValue: string }
  | { intValue: string }
  | { doubleValue: number }
  | { boolValue: boolean }
  | { arrayValue: { values: AnyValue[] } }
  | { kvlistValue: { values: KeyValue[] } };
type KeyValue = { key: string; value: AnyValue };

/** The body of `POST /v1/logs`. */
export function toOtlp(
  entries: readonly LogEntry[],
  { now = Date.now(), version = '1' }: { now?: number; version?: string } = {},
): string {
  const byHost = Map.groupBy(
    entries.map((entry) => factsOf(entry, now)),
    ({ hostname }) => hostname,
  );
  const resourceLogs = [...byHost].map(([hostname, events]) => ({
    resource: { attributes: attributes({ 'service.name': 'aim', 'host.name': hostname }) },
    scopeLogs: [{ scope: { name: 'aim.security', version }, logRecords: events.map((event) => logRecord(event, now)) }],
  }));
  return JSON.stringify({ resourceLogs });
}

function logRecord(event: EventFacts, now: number) {
  const traceId = hex(event.correlationId, 32);
  return {
    timeUnixNano: event.isTimeKnown ? nanoseconds(event.time) : '0',
    observedTimeUnixNano: nanoseconds(now),
    severityNumber: severities[event.severity],
    severityText: event.severity,
    eventName: `aim.${event.category}.${event.type}`.toLowerCase().toWellFormed(),
    body: { stringValue: event.message.toWellFormed() },
    attributes: attributes({
      'event.id': event.id,
      'aim.category': event.category,
      'aim.event_type': event.type,
      'aim.agent.id': event.agentId,
      'aim.agent.name': event.agentName,
      'aim.action': event.action,
      'aim.resource': event.resource,
      'aim.result': event.result,
      'aim.organization.id': event.organizationId,
      'aim.correlation_id': event.correlationId,
      'aim.parent_event_id': event.parentId,
      'aim.details': Object.keys(event.details).length === 0 ? null : event.details,
      'aim.seq': event.seq,
      'aim.prev_hash': event.prevHash,
      'session.id': event.sessionId,
      'user.id': event.userId,
      'client.address': event.sourceIp,
      'url.full': event.url,
      'http.request.method': event.method,
      'http.response.status_code': event.status,
      'error.message': event.error,
      'exception.stacktrace': event.stackTrace,
      'process.pid': event.processId,
      'telemetry.sdk': event.sdk,
    }),
    // A correlation id that is a UUID has the length of a trace id; anything else is none.
    ...(traceId === null ? {} : { traceId }),
  };
}

const attributes = (members: Record<string, unknown>): KeyValue[] =>
  Object.entries(members).flatMap(([key, member]) => {
    const value = anyValue(member);
    return value === null ? [] : [{ key: key.toWellFormed(), value }];
  });

function anyValue(value: unknown): AnyValue | null {
  // Protobuf strings are UTF-8: half of a surrogate pair makes a decoder refuse the whole request.
  if (typeof value === 'string') return { stringValue: value.toWellFormed() };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.map((item) => anyValue(item) ?? { stringValue: '' }) } };
  if (typeof value === 'object' && value !== null)
    return { kvlistValue: { values: attributes(value as Record<string, unknown>) } };
  return null;
}

/** 64-bit integers are strings in this encoding. Times before 1970 do not exist in it. */
const nanoseconds = (milliseconds: number): string => (BigInt(Math.max(0, Math.round(milliseconds))) * 1_000_000n).toString();

const hex = (text: string | null, length: number): string | null => {
  const digits = text?.replaceAll('-', '').toLowerCase() ?? '';
  return digits.length === length && /^[0-9a-f]+$/.test(digits) && /[^0]/.test(digits) ? digits : null;
};

const severities: Record<EventSeverity, number> = { DEBUG: 5, INFO: 9, WARNING: 13, ERROR: 17, CRITICAL: 21 };
