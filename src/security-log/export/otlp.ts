// OpenTelemetry logs: our line as a log record of its data model, in the JSON that OpenTelemetry's own serializer makes of it for OTLP/HTTP.

import { JsonLogsSerializer } from '@opentelemetry/otlp-transformer';
import type { EventSeverity, LogEntry } from '../entry.ts';
import { type EventFacts, factsOf } from './event-facts.ts';

type LogRecord = Parameters<typeof JsonLogsSerializer.serializeRequest>[0][number];
type Attributes = LogRecord['attributes'];
type Surroundings = Pick<LogRecord, 'resource' | 'instrumentationScope'>;

/** The body of `POST /v1/logs`, one request for many lines. */
export function toOtlp(
  entries: readonly LogEntry[],
  { now = Date.now(), version = '1' }: { now?: number; version?: string } = {},
): string {
  const scope = { name: 'aim.security', version };
  // Records of one host must name the same object: that is how they are grouped.
  const hosts = new Map<string | null, LogRecord['resource']>();
  const records = entries.map((entry) => {
    const event = factsOf(entry, now);
    const resource = hosts.get(event.hostname) ?? resourceOf(event.hostname);
    hosts.set(event.hostname, resource);
    return logRecord(event, now, { resource, instrumentationScope: scope });
  });
  return new TextDecoder().decode(JsonLogsSerializer.serializeRequest(records));
}

/** Of a resource, the serializer reads its attributes alone; what it can do besides is for the SDK that collects them. */
const resourceOf = (hostname: string | null) =>
  ({ attributes: attributes({ 'service.name': 'aim', 'host.name': hostname }) }) as LogRecord['resource'];

function logRecord(event: EventFacts, now: number, { resource, instrumentationScope }: Surroundings): LogRecord {
  const traceId = hex(event.correlationId, 32);
  return {
    resource,
    instrumentationScope,
    hrTime: event.isTimeKnown ? hrTime(event.time) : [0, 0],
    hrTimeObserved: hrTime(now),
    severityNumber: severities[event.severity],
    severityText: event.severity,
    eventName: `aim.${event.category}.${event.type}`.toLowerCase().toWellFormed(),
    body: event.message.toWellFormed(),
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
    droppedAttributesCount: 0,
    // A correlation id that is a UUID has the length of a trace id; anything else is none. There is no span to name.
    ...(traceId === null ? {} : { spanContext: { traceId, spanId: '', traceFlags: 0 } }),
  };
}

const attributes = (members: Record<string, unknown>): Attributes =>
  Object.fromEntries(
    Object.entries(members).flatMap(([key, member]) => {
      const value = attributeValue(member);
      return value === undefined ? [] : [[key.toWellFormed(), value]];
    }),
  ) as Attributes;

/** What every decoder takes: a whole number beyond 64 bits, or half of a surrogate pair, makes one refuse the whole request. */
function attributeValue(value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value === 'number') return Number.isInteger(value) && !Number.isSafeInteger(value) ? String(value) : value;
  if (Array.isArray(value)) return value.map((item) => attributeValue(item) ?? '');
  return typeof value === 'object' ? attributes(value as Record<string, unknown>) : value;
}

/** Seconds and nanoseconds. Times before 1970 do not exist in OTLP. */
const hrTime = (milliseconds: number): [number, number] => {
  const whole = Math.max(0, Math.round(milliseconds));
  return [Math.floor(whole / 1000), (whole % 1000) * 1_000_000];
};

const hex = (text: string | null, length: number): string | null => {
  const digits = text?.replaceAll('-', '').toLowerCase() ?? '';
  return digits.length === length && /^[0-9a-f]+$/.test(digits) && /[^0]/.test(digits) ? digits : null;
};

const severities: Record<EventSeverity, number> = { DEBUG: 5, INFO: 9, WARNING: 13, ERROR: 17, CRITICAL: 21 };
