// An event as it is written: what the host said, without its secrets, in the surroundings in which it said it.

import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { threadId } from 'node:worker_threads';
import { version } from '../version.ts';
import { currentSecurityContext, type SecurityContext } from './context.ts';
import { type EventFields, type SecurityEvent, timestampNow } from './event.ts';
import type { EventCategory, EventSeverity } from './event-types.ts';
import { redactText, redactValue } from './redact-value.ts';

export type Said = { category: EventCategory; type: string; severity: EventSeverity; message: string; fields: EventFields };

/** A member that the call names wins over its surroundings (`withSecurityContext`), and those over the process. */
export function makeEvent(ofProcess: SecurityContext, { category, type, severity, message, fields }: Said): SecurityEvent {
  const event: SecurityEvent = {
    ...ofProcess,
    ...currentSecurityContext(),
    timestamp: timestampNow(),
    eventId: randomUUID(),
    category,
    eventType: type,
    severity,
    message: redactText(String(message)),
    sdkVersion: SDK_VERSION,
    hostname: HOSTNAME,
    processId: process.pid,
    threadId: threadId === 0 ? undefined : String(threadId),
  };
  const members = event as Record<string, unknown>;
  for (const name in fields) {
    const value = fields[name as keyof EventFields];
    if (value === null || value === undefined) continue;
    members[name] = typeof value === 'string' ? redactText(value) : redactValue(value);
  }
  return event;
}

const HOSTNAME = hostname();
const SDK_VERSION = `aim-sdk-typescript@${version}`;
