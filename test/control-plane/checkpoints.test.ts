// The write-ahead log of SQLite is settled beside those who write: it does not grow for ever, and nothing is lost by it.

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createCheckpoints } from '../../src/control-plane/database/checkpoints.ts';
import { NodeSqliteConnection } from '../../src/control-plane/database/node-sqlite.ts';

const limits = { changesBetween: 20, leastBetween: 0, pagesBeforeNewLog: 100 };
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aim-checkpoints-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function opened(): NodeSqliteConnection {
  const database = new DatabaseSync(join(folder, 'aim.db'));
  database.exec(
    'pragma journal_mode = wal; pragma synchronous = normal; create table "rows" ("n" integer primary key, "text" text)',
  );
  const connection = new NodeSqliteConnection(database);
  // What a commit would settle itself is not what is tried here.
  connection.settleEvery(0);
  return connection;
}

/** How many pages are in the log. */
const pagesIn = (connection: NodeSqliteConnection): number =>
  connection.rows<{ log: number }>('pragma wal_checkpoint(passive)', [])[0]?.log ?? 0;

function write(connection: NodeSqliteConnection): void {
  connection.begin();
  connection.change('insert into "rows" ("text") values (?)', ['x'.repeat(3000)]);
  connection.exec('commit');
}

describe('the write-ahead log', () => {
  test('begins anew while somebody writes without a break, and leaves one whole file at the end', async () => {
    const connection = opened();
    const checkpoints = createCheckpoints(join(folder, 'aim.db'), 'normal', connection, limits);
    let written = 0;
    for (let begunAnew = 0; begunAnew < 3; ) {
      write(connection);
      written += 1;
      checkpoints.committed();
      await setImmediate();
      if (checkpoints.pause === null) continue;
      await checkpoints.pause;
      write(connection);
      written += 1;
      expect(pagesIn(connection)).toBeLessThan(limits.pagesBeforeNewLog / 10);
      begunAnew += 1;
    }
    await checkpoints.stop();
    expect(connection.rows('select count(*) as "count" from "rows"', [])).toEqual([{ count: written }]);
    expect(connection.rows('pragma integrity_check', [])).toEqual([{ integrity_check: 'ok' }]);
    connection.close();
    expect(readdirSync(folder)).toEqual(['aim.db']);
  });

  test('is written on where the thread cannot work', async () => {
    const connection = opened();
    const checkpoints = createCheckpoints(join(folder, 'no such folder', 'aim.db'), 'normal', connection, limits);
    for (let n = 0; n < 200; n += 1) {
      write(connection);
      checkpoints.committed();
      if (checkpoints.pause !== null) await checkpoints.pause;
      await setImmediate();
    }
    await checkpoints.stop();
    expect(connection.rows('select count(*) as "count" from "rows"', [])).toEqual([{ count: 200 }]);
    connection.close();
  });
});
