// SQL over log lines in a process of its own: SQLite answers in one piece, a query may take for ever, and no thread can be ended in it.

import { fork } from 'node:child_process';
import { UsageError } from '../../errors.ts';
import type { LogEntry } from '../entry.ts';
import { openLogTable, type SqlAnswer } from '../log-sql.ts';
import { programOf } from './crew.ts';

export type SqlAsked = { kind: 'add'; entries: readonly LogEntry[] } | { kind: 'query'; sql: string; most: number };
export type SqlAnswered = { answer: SqlAnswer } | { failure: { code: string; message: string; next: string | undefined } };

export type SqlProcess = {
  /** Resolves when more may come. */
  add(entries: readonly LogEntry[]): Promise<void>;
  /** Rejects with the reason of the signal. */
  query(sql: string, most: number): Promise<SqlAnswer>;
  close(): void;
};

export function openSqlProcess(signal: AbortSignal, { patience = LONGEST } = {}): SqlProcess {
  const program = programOf('log-sql');
  if (program === null) return inThisProcess();
  const child = fork(program, {
    serialization: 'advanced',
    // From its source, which Node 22 reads only when told to; the built program needs no word.
    execArgv: program.pathname.endsWith('.ts') ? ['--experimental-strip-types'] : [],
    env: {},
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const ended = new Promise<never>((_, reject) => {
    child.on('error', reject);
    child.on('exit', () => reject(signal.aborted ? signal.reason : new Error('SQLite ended without an answer.')));
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  ended.catch(() => {}); // told to whoever waits
  const send = (asked: SqlAsked): Promise<void> =>
    Promise.race([
      new Promise<void>((resolve, reject) => child.send(asked, (error) => (error ? reject(error) : resolve()))),
      ended,
    ]);
  return {
    add: (entries) => send({ kind: 'add', entries }),
    async query(sql, most) {
      const answered = new Promise<SqlAnswered>((resolve) => child.once('message', (said) => resolve(said as SqlAnswered)));
      await send({ kind: 'query', sql, most });
      const said = await Promise.race([answered, ended, tooLate(patience)]);
      if ('answer' in said) return said.answer;
      const { code, message, next } = said.failure;
      throw new UsageError(code, { message, ...(next === undefined ? {} : { next }) });
    },
    close: () => void child.kill('SIGKILL'),
  };
}

/** A form on the screen that waits for ever cannot be used for anything else. */
const tooLate = (patience: number): Promise<never> =>
  new Promise((_, reject) =>
    setTimeout(
      () =>
        reject(
          new UsageError('logs.sql-long', {
            message: `The query was given up after ${patience / 1000} seconds.`,
            next: 'Narrow down what is loaded by --since, --severity or --filter',
          }),
        ),
      patience,
    ).unref(),
  );

function inThisProcess(): SqlProcess {
  const table = openLogTable();
  return {
    add: async (entries) => table.add(entries),
    query: async (sql, most) => table.query(sql, most),
    close: () => table.close(),
  };
}

const LONGEST = 120_000; // milliseconds
