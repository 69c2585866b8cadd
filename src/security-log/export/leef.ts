// IBM QRadar's Log Event Extended Format 2.0: `LEEF:2.0|vendor|product|version|id|delimiter|` and pairs between tabs.

import type { EventSeverity, LogEntry } from '../entry.ts';
import { factsOf } from './event-facts.ts';

export function toLeef(entry: LogEntry, { now = Date.now(), version = '1' }: { now?: number; version?: string } = {}): string {
  const event = factsOf(entry, now);
  const header = ['LEEF:2.0', 'AIM', 'security-log', version, `${event.category}:${event.type}`, 'x09'];
  const pairs: [key: string, value: string | number | null][] = [
    ['devTime', event.iso],
    ['devTimeFormat', "yyyy-MM-dd'T'HH:mm:ss.SSSX"],
    ['cat', event.category],
    ['sev', severity[event.severity]],
    ['usrName', event.agentName ?? event.agentId],
    ['src', event.sourceIp],
    ['url', event.url],
    ['policy', event.action],
    ['resource', event.resource],
    ['outcome', event.outcome ?? event.result],
    ['reason', event.error],
    ['identHostName', event.hostname],
    ['agentId', event.agentId],
    ['userId', event.userId],
    ['organizationId', event.organizationId],
    ['correlationId', event.correlationId],
    ['sessionId', event.sessionId],
    ['eventId', event.id],
    ['seq', event.seq],
    ['details', Object.keys(event.details).length === 0 ? null : JSON.stringify(event.details)],
    ['msg', event.message],
  ];
  const attributes = pairs.flatMap(([key, value]) => (value === null ? [] : [`${key}=${attributeValue(String(value))}`]));
  return `${header.map(headerValue).join('|')}|${attributes.join('\t')}`;
}

/** 1 to 10, ten the worst. */
const severity: Record<EventSeverity, string> = { DEBUG: '1', INFO: '2', WARNING: '5', ERROR: '8', CRITICAL: '10' };

/** The header knows no escape: a pipe in it would begin the next field. */
const headerValue = (text: string): string =>
  text
    .replaceAll('|', '/')
    .replaceAll(/[\r\n\t]+/g, ' ')
    .replaceAll(CONTROLS, '\ufffd');

/** A tab would begin the next pair and a line break the next event; the backslash keeps the two apart from text that looks so. */
const attributeValue = (text: string): string =>
  text
    .replaceAll('\\', '\\\\')
    .replaceAll('\t', '\\t')
    .replaceAll('\r', '\\r')
    .replaceAll('\n', '\\n')
    .replaceAll(CONTROLS, '\ufffd');

const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
