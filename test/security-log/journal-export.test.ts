// The export format of journald: records of many lines, fields of bytes, in a tail and in a search.

import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compileQuery } from '../../src/security-log/log-query.ts';
import { countLog, searchLog } from '../../src/security-log/search-log.ts';
import { tail } from '../../src/security-log/tail.ts';
import { collect, folder, line, messages } from './scratch.ts';

const text = (name: string, value: string) => Buffer.from(`${name}=${value}\n`);

function bytes(name: string, value: string): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(value)));
  return Buffer.concat([Buffer.from(`${name}\n`), length, Buffer.from(`${value}\n`)]);
}

const record = (number: number, ...fields: Buffer[]): Buffer =>
  Buffer.concat([
    text('__CURSOR', `s=${number}`),
    text('__REALTIME_TIMESTAMP', `${1_700_000_000_000_000 + number * 1_000_000}`),
    text('PRIORITY', '3'),
    text('_HOSTNAME', 'box'),
    ...fields,
    Buffer.from('\n'),
  ]);

const ours =
  '{"timestamp":"2026-03-04T05:06:07.123456+00:00","event_id":"e","category":"MCP","event_type":"MCP_TOOL_USED","severity":"WARNING","message":"of ours"}';

const exported = (): Buffer =>
  Buffer.concat([
    record(1, text('MESSAGE', 'plain = and more')),
    record(2, bytes('MESSAGE', 'two\n\nlines'), text('_PID', '7')), // ten bytes: the length itself begins with a line break
    record(3, bytes('MESSAGE', `__CURSOR=no\n${ours}\n`)),
    record(4, text('MESSAGE', ours)),
  ]);

describe('a journal that was exported', () => {
  test('is read record by record', async () => {
    const file = join(folder(), 'journal.export');
    writeFileSync(file, exported());
    const items = await collect(tail([file], { backlog: Number.POSITIVE_INFINITY }));
    expect(messages(items)).toEqual(['plain = and more', 'two\n\nlines', `__CURSOR=no\n${ours}\n`, 'of ours']);
    expect(items[1]).toMatchObject({
      entry: {
        format: 'journald',
        severity: 'ERROR',
        time: '2023-11-14T22:13:22.000Z',
        extra: { _PID: '7', _HOSTNAME: 'box' },
      },
    });
    expect(items[3]).toMatchObject({ entry: { format: 'journald', type: 'MCP_TOOL_USED', severity: 'WARNING' } });
  });

  test('is followed as it grows, with lines of other formats behind it', async () => {
    const file = join(folder(), 'journal.export');
    const all = exported();
    writeFileSync(file, all.subarray(0, 150));
    const reading = collect(tail([file], { follow: true, backlog: Number.POSITIVE_INFINITY }), (items) => items.length === 5);
    appendFileSync(file, all.subarray(150));
    appendFileSync(file, line('another'));
    expect(messages(await reading).at(-1)).toBe('another');
  });

  test('begins at a record where only the end of it is wanted', async () => {
    const file = join(folder(), 'journal.export');
    writeFileSync(
      file,
      Buffer.concat(Array.from({ length: 100 }, (_, number) => record(number, text('MESSAGE', `m${number}`)))),
    );
    const found = messages(await collect(tail([file], { backlog: 2 })));
    expect(found.at(-1)).toBe('m99');
    expect(found.every((message) => /^m\d+$/.test(message))).toBe(true);
  });

  test('is searched and counted by records', async () => {
    const file = join(folder(), 'journal.export');
    writeFileSync(file, exported());
    const found = [];
    for await (const entries of searchLog(file, compileQuery({ severity: 'ERROR' }))) found.push(...entries);
    expect(found.map(({ extra }) => extra['__CURSOR'])).toEqual(['s=1', 's=2', 's=3']);
    expect(await countLog(file, null)).toMatchObject({ lines: 4, unreadable: 0 });
  });

  test.each([20, 130, 180, 260])('that ends after %i bytes gives what was whole', async (length) => {
    const file = join(folder(), 'journal.export');
    writeFileSync(file, exported().subarray(0, length));
    const found = messages(await collect(tail([file], { backlog: Number.POSITIVE_INFINITY })));
    expect(['plain = and more', 'two\n\nlines'].slice(0, found.length)).toEqual(found);
  });
});
