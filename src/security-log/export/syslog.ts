// RFC 5424: the members that a collector selects by as structured data, the line itself as the message.

import type { EventSeverity, LogEntry } from '../entry.ts';
import { factsOf } from './event-facts.ts';

export type SyslogOptions = {
  now?: number;
  /** What the message is. Default: the line as it was written. */
  message?: (entry: LogEntry) => string;
  /** RFC 5424 §6.2.1. Default 13, "log audit". */
  facility?: number;
  /** The private enterprise number behind the name of the structured data (RFC 5424 §7.2.2). Default: IANA's own for examples. */
  enterprise?: number;
  hostname?: string;
};

export function toSyslog(
  entry: LogEntry,
  { now = Date.now(), message, facility = 13, enterprise = 32473, hostname = '-' }: SyslogOptions = {},
): string {
  const event = factsOf(entry, now);
  const priority = facility * 8 + severities[event.severity];
  const pairs: [name: string, value: string | null][] = [
    ['category', event.category],
    ['type', event.type],
    ['agentId', event.agentId],
    ['agentName', event.agentName],
    ['action', event.action],
    ['resource', event.resource],
    ['result', event.result],
    ['correlationId', event.correlationId],
    ['seq', event.seq === null ? null : String(event.seq)],
  ];
  const parameters = pairs.flatMap(([name, value]) => (value === null ? [] : [` ${name}="${parameter(value)}"`])).join('');
  const head = [
    `<${priority}>1`,
    event.iso,
    token(event.hostname ?? hostname, 255),
    'aim',
    token(event.processId === null ? null : String(event.processId), 128),
    token(event.type, 32),
  ];
  const said = message ? message(entry) : entry.raw;
  // The mark says that the text is UTF-8; lines end frames on most transports, and nothing here may look like one.
  return `${head.join(' ')} [aim@${enterprise}${parameters}] \ufeff${said.replaceAll(/[\r\n\0]/g, (mark) => escapes[mark] ?? ' ')}`;
}

/** RFC 6587 §3.4.1, for TCP and TLS (RFC 5425 §4.3 demands it there): the length in bytes, then the message. */
export const framed = (message: string): string => `${Buffer.byteLength(message)} ${message}`;

/** RFC 5424 §6.2.1. */
const severities: Record<EventSeverity, number> = { DEBUG: 7, INFO: 6, WARNING: 4, ERROR: 3, CRITICAL: 2 };

/** A header field is printable ASCII without spaces, or a dash. */
const token = (text: string | null, longest: number): string => text?.replaceAll(/[^\x21-\x7e]/g, '_').slice(0, longest) || '-';

/** §6.3.3: quote, backslash and closing bracket are escaped; controls have no place in a value. */
const parameter = (text: string): string => text.replaceAll(/["\\\]]/g, '\\$&').replaceAll(/[\u0000-\u001f\u007f]/g, ' ');

const escapes: Record<string, string> = { '\r': '\\r', '\n': '\\n', '\0': '\\0' };
