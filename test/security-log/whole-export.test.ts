// An audit log that is longer than what the server exports at a time, and grows while it is read.

import { expect, test } from 'vitest';
import { csvRecords, wholeCsv, wholeJson } from '../../commands/audit/whole-export.ts';

const heading = 'ID,Action';

/** Newest first; after each page another entry is written. */
function growingServer(count: number, write: (numbers: number[]) => unknown) {
  let newest = count;
  return async (offset: number): Promise<unknown> => {
    const all = Array.from({ length: newest }, (_, index) => newest - index);
    newest += 1;
    return write(all.slice(offset, offset + 10_000));
  };
}

test('comes out whole as CSV, each record once, under one heading', async () => {
  const page = growingServer(25_000, (numbers) =>
    [heading, ...numbers.map((number) => `${number},"a\r\n""b"""`), ''].join('\r\n'),
  );
  const [first, ...records] = csvRecords(await wholeCsv(page));
  expect(first).toBe(heading);
  expect(records.map((record) => Number(record.split(',')[0])).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 25_000 }, (_, index) => index + 1),
  );
  expect(records[0]).toBe('25000,"a\r\n""b"""');
});

test('comes out whole as JSON', async () => {
  const page = growingServer(25_000, (numbers) => ({ entries: numbers.map((sequence) => ({ sequence })), logs: [] }));
  const { entries } = (await wholeJson(page)) as { entries: { sequence: number }[] };
  expect(new Set(entries.map(({ sequence }) => sequence)).size).toBe(25_000);
});

test('has a heading where there is nothing', async () => {
  expect(await wholeCsv(async () => `${heading}\r\n`)).toBe(`${heading}\r\n`);
});
