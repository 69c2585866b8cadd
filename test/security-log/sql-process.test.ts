// SQL that never ends is ended from outside, and what SQLite refuses is said in its words.

import { afterEach, expect, test } from 'vitest';
import { openSqlProcess, type SqlProcess } from '../../src/security-log/crew/sql-process.ts';
import { sampleEntries } from './samples.ts';

const ENDLESS = 'WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r';
const opened: SqlProcess[] = [];
afterEach(() => opened.splice(0).forEach((one) => void one.close()));

function open(options?: { patience: number }, signal = new AbortController().signal): SqlProcess {
  const made = openSqlProcess(signal, options);
  opened.push(made);
  return made;
}

test('answers over the lines that it was given', async () => {
  const sql = open();
  await sql.add(sampleEntries);
  expect((await sql.query('SELECT count(*) FROM log', 10)).rows).toEqual([[sampleEntries.length]]);
  await expect(sql.query('DELETE FROM log', 10)).rejects.toThrow('Only one SELECT');
  await expect(sql.query('SELECT nobody FROM log', 10)).rejects.toThrow('no such column: nobody');
});

test('is given up after its time', async () => {
  await expect(open({ patience: 300 }).query(ENDLESS, 10)).rejects.toThrow('given up after 0.3 seconds');
});

test('ends with the signal', async () => {
  const ending = new AbortController();
  const answer = open(undefined, ending.signal).query(ENDLESS, 10);
  ending.abort(new Error('enough'));
  await expect(answer).rejects.toThrow('enough');
});
