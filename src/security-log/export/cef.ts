// ArcSight Common Event Format (Implementation Standard, revision 26): `CEF:0|vendor|product|version|id|name|severity|extension`.

import type { EventSeverity, LogEntry } from '../entry.ts';
import { factsOf } from './event-facts.ts';

export function toCef(entry: LogEntry, { now = Date.now(), version = '1' }: { now?: number; version?: string } = {}): string {
  const event = factsOf(entry, now);
  const header = [
    'CEF:0',
    'AIM',
    'security-log',
    version,
    `${event.category}:${event.type}`,
    event.type,
    severity[event.severity],
  ];
  const extension: [key: string, value: string | number | null][] = [
    ['rt', event.time],
    ['externalId', event.id],
    ['cat', event.category],
    ['act', event.action],
    ['outcome', event.outcome ?? event.result],
    ['suid', event.userId],
    ['suser', event.agentName],
    ['src', ipv4(event.sourceIp)],
    ['c6a2', ipv6(event.sourceIp)],
    ['c6a2Label', ipv6(event.sourceIp) && 'Source IPv6 Address'],
    ['request', event.url],
    ['requestMethod', event.method],
    ['dvchost', event.hostname],
    ['dvcpid', event.processId],
    ['reason', event.error],
    ['msg', event.message],
    ...custom('cs1', 'agentId', event.agentId),
    ...custom('cs2', 'resource', event.resource),
    ...custom('cs3', 'correlationId', event.correlationId),
    ...custom('cs4', 'sessionId', event.sessionId),
    ...custom('cs5', 'organizationId', event.organizationId),
    ...custom('cs6', 'details', Object.keys(event.details).length === 0 ? null : JSON.stringify(event.details)),
    ...custom('cn1', 'httpStatus', event.status),
    ...custom('cn2', 'seq', event.seq),
  ];
  const pairs = extension.flatMap(([key, value]) => (value === null ? [] : [`${key}=${extensionValue(String(value))}`]));
  return `${header.map(headerValue).join('|')}|${pairs.join(' ')}`;
}

const severity: Record<EventSeverity, string> = { DEBUG: '1', INFO: '3', WARNING: '5', ERROR: '7', CRITICAL: '10' };

const custom = (key: string, label: string, value: string | number | null): [string, string | number | null][] => [
  [`${key}Label`, value === null ? null : label],
  [key, value],
];

/** In the header a pipe or backslash is escaped, and there are no lines. The first field holds no character to escape. */
const headerValue = (text: string): string =>
  text
    .replaceAll(/[\\|]/g, '\\$&')
    .replaceAll(/[\r\n]+/g, ' ')
    .replaceAll(CONTROLS, '\ufffd');

/** In the extension an equals sign or backslash is escaped, and line breaks are written as two characters. */
const extensionValue = (text: string): string =>
  text.replaceAll(/[\\=]/g, '\\$&').replaceAll('\r', '\\r').replaceAll('\n', '\\n').replaceAll(CONTROLS, '\ufffd');

/** Receivers written in C end a text at a NUL. */
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

const ipv4 = (address: string | null): string | null =>
  address !== null && /^\d{1,3}(?:\.\d{1,3}){3}$/.test(address) ? address : null;
const ipv6 = (address: string | null): string | null => (address?.includes(':') ? address : null);
