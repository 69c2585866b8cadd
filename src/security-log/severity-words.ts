// The five severities, in the words and numbers of others.

import type { EventSeverity } from './entry.ts';

/** By a logger's word, or by the numbers of pino and bunyan. */
export function severityOf(word: unknown): EventSeverity | null {
  if (typeof word === 'number')
    return word >= 60 ? 'CRITICAL' : word >= 50 ? 'ERROR' : word >= 40 ? 'WARNING' : word >= 30 ? 'INFO' : 'DEBUG';
  return typeof word === 'string' ? (severityWords[word.toUpperCase()] ?? null) : null;
}

/** RFC 5424 §6.2.1. */
export function syslogSeverity(number: number): EventSeverity | null {
  if (!Number.isInteger(number) || number < 0 || number > 7) return null;
  return number <= 2 ? 'CRITICAL' : number === 3 ? 'ERROR' : number === 4 ? 'WARNING' : number === 7 ? 'DEBUG' : 'INFO';
}

const severityWords: Record<string, EventSeverity> = {
  TRACE: 'DEBUG',
  DEBUG: 'DEBUG',
  INFO: 'INFO',
  NOTICE: 'INFO',
  WARN: 'WARNING',
  WARNING: 'WARNING',
  ERR: 'ERROR',
  ERROR: 'ERROR',
  CRIT: 'CRITICAL',
  CRITICAL: 'CRITICAL',
  FATAL: 'CRITICAL',
  ALERT: 'CRITICAL',
  EMERG: 'CRITICAL',
};
