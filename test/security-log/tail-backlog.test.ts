// The backlog of a tail: over all parts of a log, in order, in bounded memory; and its chain checked in place.

import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { tail } from '../../src/security-log/tail.ts';
import { collect, folder, line, loggerTo, messages, notices } from './scratch.ts';

describe('the backlog', () => {
  const parts = (): string => {
    const file = join(folder(), 'security.log');
    writeFileSync(`${file}.3.gz`, gzipSync(line('1') + line('2')));
    writeFileSync(`${file}.2.gz`, gzipSync(line('3')));
    writeFileSync(`${file}.1`, line('4') + line('5'));
    writeFileSync(file, line('6') + line('7'));
    return file;
  };

  test.each([
    [0, []],
    [1, ['7']],
    [2, ['6', '7']],
    [3, ['5', '6', '7']],
    [5, ['3', '4', '5', '6', '7']],
    [6, ['2', '3', '4', '5', '6', '7']],
    [100, ['1', '2', '3', '4', '5', '6', '7']],
    [Number.POSITIVE_INFINITY, ['1', '2', '3', '4', '5', '6', '7']],
  ])('of %d lines goes through rotated and compressed parts', async (backlog, expected) => {
    expect(messages(await collect(tail([parts()], { backlog })))).toEqual(expected);
  });

  test('of names with dates is in their order, before numbered ones', async () => {
    const file = join(folder(), 'security.log');
    writeFileSync(`${file}-20260102`, line('2'));
    writeFileSync(`${file}-20260101.gz`, gzipSync(line('1')));
    writeFileSync(`${file}.2026-01-03`, line('3'));
    writeFileSync(`${file}.old`, line('not a part'));
    writeFileSync(file, line('4'));
    const all = await collect(tail([file], { backlog: Number.POSITIVE_INFINITY }));
    expect(messages(all).sort()).toEqual(['1', '2', '3', '4']);
    expect(messages(all).at(-1)).toBe('4');
  });

  test('of several files is merged by time; a line without a time stays behind the one before it', async () => {
    const base = folder();
    writeFileSync(join(base, 'a'), `${line('1', 1)}${'  at prose\n'}${line('4', 4)}`);
    writeFileSync(join(base, 'b'), line('2', 2) + line('3', 3) + line('5', 5));
    expect(messages(await collect(tail([join(base, 'a'), join(base, 'b')])))).toEqual(['1', '  at prose', '2', '3', '4', '5']);
  });

  test('of a damaged compressed part ends where the damage is, and says so', async () => {
    const file = join(folder(), 'security.log');
    const packed = gzipSync(Array.from({ length: 2000 }, (_, n) => line(`${n}`)).join(''));
    writeFileSync(`${file}.1.gz`, packed.subarray(0, packed.length - 100));
    writeFileSync(file, line('after'));
    const all = await collect(tail([file], { backlog: Number.POSITIVE_INFINITY }));
    expect(notices(all)).toEqual(['missing']);
    expect(messages(all).at(-1)).toBe('after');
  });

  test('of a file that does not exist is empty', async () => {
    expect(await collect(tail([join(folder(), 'nothing')]))).toEqual([]);
  });

  test('ends with half a line where nothing follows', async () => {
    const file = join(folder(), 'security.log');
    writeFileSync(file, `${line('1')}{"half`);
    const all = await collect(tail([file]));
    expect(messages(all)).toEqual(['1', '{"half']);
    expect(all[1]).toMatchObject({ entry: { format: 'invalid' } });
  });

  test('takes little memory for a line of 100 MB, and goes on behind it', { timeout: 60_000 }, async () => {
    const file = join(folder(), 'security.log');
    writeFileSync(file, line('before'));
    const chunk = Buffer.alloc(10_000_000, 'x');
    for (let count = 0; count < 10; count += 1) appendFileSync(file, chunk);
    appendFileSync(file, `\n${line('after')}`);
    const all = await collect(tail([file]));
    expect(messages(all).map((message) => message.slice(0, 6))).toEqual(['before', 'xxxxxx', 'after']);
    expect(all[1]).toMatchObject({ entry: { format: 'invalid', extra: { bytesNotRead: 100_000_000 - 1024 * 1024 } } });
  });
});

describe('the chain', () => {
  async function chained(): Promise<string> {
    const file = join(folder(), 'security.log');
    const logger = loggerTo(file);
    for (let number = 1; number <= 5; number += 1) logger.info(`line ${number}`);
    await logger.flush();
    return file;
  }
  const change = (file: string, how: (lines: string[]) => string[]) =>
    writeFileSync(file, how(readFileSync(file, 'utf8').split('\n')).join('\n'));

  test.each<[string, (lines: string[]) => string[], string[]]>([
    ['an untouched log', (lines) => lines, []],
    [
      'a changed line',
      (lines) => lines.with(2, (lines[2] ?? '').replace('line 3', 'line X')),
      ['Line number 3, or one right behind it, was changed after it was written.'],
    ],
    ['removed lines', (lines) => lines.toSpliced(1, 2), ['2 lines are missing after number 1.']],
    [
      'swapped lines',
      (lines) => lines.with(1, lines[2] ?? '').with(2, lines[1] ?? ''),
      [
        '1 line is missing after number 1.',
        'Line number 2 stands after number 3: lines were put in or moved.',
        '1 line is missing after number 2.',
      ],
    ],
    [
      'a line put in',
      (lines) => lines.toSpliced(2, 0, '{"message":"never said"}'),
      ['1 of the lines before this are not sealed by the chain.'],
    ],
  ])('of %s', async (_, how, expected) => {
    const file = await chained();
    change(file, how);
    const all = await collect(tail([file]));
    expect(all.flatMap((item) => (item.kind === 'notice' ? [item.text] : []))).toEqual(expected);
  });
});
