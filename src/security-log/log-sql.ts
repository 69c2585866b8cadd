// SQL over lines of a log: a table in memory, which a query can read and nothing else.

import type { SQLInputValue } from 'node:sqlite';
import { UsageError } from '../errors.ts';
import { sqlite } from './chain-lock.ts';
import type { LogEntry } from './entry.ts';
import { rank } from './log-filter.ts';

export type SqlAnswer = { columns: string[]; rows: (string | number | null)[][]; more: boolean };

export type LogTable = {
  add(entries: readonly LogEntry[]): void;
  /** @throws UsageError for anything that is not one SELECT, or that SQLite does not understand. */
  query(sql: string, most?: number): SqlAnswer;
  close(): void;
};

/** `SELECT type, count(*) FROM log WHERE level >= 2 GROUP BY type`; members of `details` by `details ->> 'server_name'`. */
export function openLogTable(): LogTable {
  const { DatabaseSync } = sqlite();
  const database = new DatabaseSync(':memory:', { allowExtension: false });
  database.exec(`CREATE TABLE log (
    time TEXT, severity TEXT, level INTEGER, category TEXT, type TEXT, message TEXT, agent_id TEXT, agent_name TEXT, action TEXT,
    resource TEXT, result TEXT, error TEXT, correlation_id TEXT, session_id TEXT, details TEXT, extra TEXT, seq INTEGER,
    format TEXT, file TEXT, line INTEGER, offset INTEGER, raw TEXT)`);
  const insert = database.prepare(`INSERT INTO log VALUES (${Array.from({ length: 22 }, () => '?').join(', ')})`);
  return {
    add(entries) {
      database.exec('BEGIN');
      for (const entry of entries) insert.run(...valuesOf(entry));
      database.exec('COMMIT');
    },
    query(sql, most = 1000) {
      checkedSelect(sql);
      database.exec('PRAGMA query_only = ON');
      try {
        const statement = database.prepare(sql);
        statement.setReadBigInts(true);
        const columns = statement.columns().map(({ name }) => name ?? '');
        const rows: (string | number | null)[][] = [];
        for (const row of statement.iterate()) {
          if (rows.length === most) return { columns, rows, more: true };
          rows.push(columns.map((column) => cell((row as Record<string, unknown>)[column])));
        }
        return { columns, rows, more: false };
      } catch (error) {
        throw new UsageError('logs.sql', {
          message: `SQLite does not take this query: ${error instanceof Error ? error.message : error}.`,
          next: 'The table is log: time, severity, level (0 to 4), category, type, message, agent_id, agent_name, action, resource, result, error, correlation_id, session_id, details, extra, seq, format, file, line, offset, raw.',
        });
      } finally {
        database.exec('PRAGMA query_only = OFF');
      }
    },
    close: () => database.close(),
  };
}

/** `query_only` keeps a statement from writing here; this keeps it from opening files (ATTACH, VACUUM INTO) and changing settings. */
function checkedSelect(sql: string): void {
  const bare = sql.replaceAll(/--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g, ' ').trim();
  if (/^(?:select|with|values)\b/i.test(bare)) return;
  throw new UsageError('logs.sql-select', {
    message: 'Only one SELECT can be asked.',
    next: `Such as: SELECT type, count(*) FROM log GROUP BY type`,
  });
}

function valuesOf(entry: LogEntry): SQLInputValue[] {
  const { seq, ...extra } = entry.extra;
  return [
    ...[
      entry.time,
      entry.severity,
      entry.severity === null ? null : rank(entry.severity),
      entry.category,
      entry.type,
      entry.message,
    ],
    ...[
      entry.agentId,
      entry.agentName,
      entry.action,
      entry.resource,
      entry.result,
      entry.error,
      entry.correlationId,
      entry.sessionId,
    ],
    ...[JSON.stringify(entry.details), JSON.stringify(extra), typeof seq === 'number' ? seq : null],
    ...[entry.format, entry.source.file, entry.source.line, entry.source.offset, entry.raw],
  ];
}

function cell(value: unknown): string | number | null {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (typeof value === 'string' || typeof value === 'number') return value;
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : null;
}
