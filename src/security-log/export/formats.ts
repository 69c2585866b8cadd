// The export formats by their names.

import { csvText } from '../../text/csv.ts';
import { version } from '../../version.ts';
import type { LogEntry } from '../entry.ts';
import { toCef } from './cef.ts';
import { toEcs } from './ecs.ts';
import { toLeef } from './leef.ts';
import { toOcsf } from './ocsf.ts';
import { toOtlp } from './otlp.ts';
import { toSyslog } from './syslog.ts';

export const exportFormats = ['jsonl', 'cef', 'leef', 'syslog', 'ecs', 'ocsf', 'otlp', 'csv'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** One line as a record of one line, in text that UTF-8 can carry. OTLP wraps each into a request of its own; what sends many at once uses `toOtlp`. */
export function formatEntry(entry: LogEntry, format: ExportFormat, now = Date.now()): string {
  switch (format) {
    case 'jsonl':
      return toJsonLine(entry);
    case 'cef':
      return toCef(entry, { now, version }).toWellFormed();
    case 'leef':
      return toLeef(entry, { now, version }).toWellFormed();
    case 'syslog':
      return toSyslog(entry, { now }).toWellFormed();
    case 'ecs':
      return toEcs(entry, { now });
    case 'ocsf':
      return toOcsf(entry, { now, version });
    case 'otlp':
      return toOtlp([entry], { now, version });
    case 'csv':
      return toCsv(entry).toWellFormed();
  }
}

/** The line as it was written, where that is JSON; other lines in the members of ours. */
function toJsonLine(entry: LogEntry): string {
  if (entry.format === 'aim' || entry.format === 'correlated') return entry.raw;
  const { time, severity, message, raw, format, source } = entry;
  return JSON.stringify({
    timestamp: time,
    category: 'AUDIT',
    event_type: 'LOG_MESSAGE',
    severity: severity ?? 'INFO',
    message,
    details: { format, line: raw, file: source.file },
  });
}

export const csvHeading = 'time,severity,category,type,agent_id,agent_name,action,resource,result,error,correlation_id,message';

function toCsv(entry: LogEntry): string {
  const { time, severity, category, type, agentId, agentName, action, resource, result, error, correlationId, message } = entry;
  return [time, severity, category, type, agentId, agentName, action, resource, result, error, correlationId, message]
    .map(csvValue)
    .join(',');
}

function csvValue(value: string | null): string {
  return value === null ? '' : csvText(value.replaceAll(CONTROLS, '\ufffd'));
}

/** What a terminal would act on when somebody looks at the file. */
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;
