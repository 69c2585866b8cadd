// A process with a table of log lines: a query that does not end can be left alone there, and ended with it.

import { AIMError } from '../../errors.ts';
import { openLogTable } from '../log-sql.ts';
import type { SqlAnswered, SqlAsked } from './sql-process.ts';

const table = openLogTable();

process.on('message', (asked: SqlAsked) => {
  if (asked.kind === 'add') table.add(asked.entries);
  else process.send?.(answered(asked));
});
// Ctrl-C reaches the whole group; whoever started this one decides.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit());

function answered({ sql, most }: Extract<SqlAsked, { kind: 'query' }>): SqlAnswered {
  try {
    return { answer: table.query(sql, most) };
  } catch (error) {
    if (error instanceof AIMError) return { failure: { code: error.code, message: error.message, next: error.next } };
    return { failure: { code: 'logs.sql', message: String(error), next: undefined } };
  }
}
