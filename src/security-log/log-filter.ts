// Which lines of a log are wanted: the filter language of every list, over the members of a line and its `details.*`.

import { type FieldValue, type Filter, type ParsedFilter, parseFilter } from '../state/filter.ts';
import { type EventSeverity, type LogEntry, severities } from './entry.ts';

/** `severity>=warning agent:billing details.server_name:files !test since:10m`. */
export function parseLogFilter(text: string, options?: { now?: number }): ParsedFilter {
  return parseFilter(
    text.replaceAll(SEVERITY_COMPARED, (_, before, operator, word) => `${before}level${operator}${rankOf(word)}`),
    options,
  );
}

export function matchesEntry(filter: Filter, entry: LogEntry): boolean {
  return filter.isEmpty || filter.matches({ text: entry.raw, field: (name) => fieldOf(entry, name) });
}

/** What `name:value` compares. Undefined for a member that lines do not have; then the words are looked for in the text. */
export function fieldOf(entry: LogEntry, name: string): FieldValue | undefined {
  switch (name) {
    case 'time':
      return entry.time;
    case 'level':
      return entry.severity === null ? null : rank(entry.severity);
    case 'severity':
    case 'category':
    case 'type':
    case 'message':
    case 'action':
    case 'resource':
    case 'result':
    case 'error':
    case 'format':
      return entry[name];
    case 'agent':
      return [entry.agentName, entry.agentId].filter((text) => text !== null);
    case 'correlation':
      return entry.correlationId;
    case 'session':
      return entry.sessionId;
    case 'source':
    case 'file':
      return entry.source.file;
    default:
      return memberOf(entry, name);
  }
}

/** The place of a severity among the five, 0 for DEBUG. A line without one counts as INFO. */
export const rank = (severity: EventSeverity | null): number => (severity === null ? 1 : severities.indexOf(severity));

/** `details.server_name`, `extra.hostname`, or just `hostname`. Names are compared without case, since filters are. */
function memberOf(entry: LogEntry, name: string): FieldValue | undefined {
  const path = name.split('.');
  if (path[0] === 'details') return valueAt(entry.details, path.slice(1));
  if (path[0] === 'extra') return valueAt(entry.extra, path.slice(1));
  return valueAt(entry.extra, path) ?? valueAt(entry.details, path);
}

function valueAt(members: unknown, path: readonly string[]): FieldValue | undefined {
  let value: unknown = members;
  for (const name of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    const members = value as Record<string, unknown>;
    const key = name in members ? name : Object.keys(members).find((candidate) => candidate.toLowerCase() === name);
    value = key === undefined ? undefined : members[key];
  }
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return value.map(String);
  return typeof value === 'object' ? JSON.stringify(value) : (value as string | number | boolean);
}

const SEVERITY_COMPARED = /(^|[\s!])severity(>=|<=|>|<)(debug|info|warning|warn|error|critical)\b/gi;
const rankOf = (word: string): number =>
  severities.findIndex((severity) => severity.startsWith(word.toUpperCase().slice(0, 4)));
