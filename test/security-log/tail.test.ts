// The tail: the backlog over all parts, every line after that whatever happens to the file, and what is missing said in place.

import { appendFileSync, copyFileSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { LogItem } from '../../src/security-log/entry.ts';
import { tail } from '../../src/security-log/tail.ts';
import { collect, folder, loggerTo, messages, notices } from './scratch.ts';

const line = (message: string, second = 0): string =>
  `${JSON.stringify({ timestamp: new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString(), category: 'AUDIT', event_type: 'INFO', severity: 'INFO', message })}\n`;

/** Reads in the background; `has` waits until the messages are these. */
function following(...files: string[]) {
  const ending = new AbortController();
  const items: LogItem[] = [];
  const done = (async () => {
    for await (const item of tail(files, { follow: true, backlog: Number.POSITIVE_INFINITY, signal: ending.signal }))
      items.push(item);
  })();
  return {
    items,
    has: (...expected: string[]) => expect.poll(() => messages(items), { timeout: 8000 }).toEqual(expected),
    stop: () => {
      ending.abort();
      return done;
    },
  };
}

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

describe('following', () => {
  test('shows half a line when it is whole', async () => {
    const file = join(folder(), 'security.log');
    writeFileSync(file, line('1').slice(0, 20));
    const log = following(file);
    appendFileSync(file, line('1').slice(20) + line('2').slice(0, 30));
    await log.has('1');
    appendFileSync(file, line('2').slice(30));
    await log.has('1', '2');
    await log.stop();
  });

  test('waits for a file that is not there yet, and says so', async () => {
    const file = join(folder(), 'security.log');
    const log = following(file);
    await expect.poll(() => notices(log.items)).toEqual(['missing']);
    writeFileSync(file, line('1'));
    await log.has('1');
    await log.stop();
  });

  test('reads a renamed file to its end, and its late writers, and then the new one', async () => {
    const file = join(folder(), 'security.log');
    writeFileSync(file, line('1'));
    const log = following(file);
    await log.has('1');
    appendFileSync(file, line('2'));
    renameSync(file, `${file}.1`);
    appendFileSync(`${file}.1`, line('3'));
    writeFileSync(file, line('4'));
    await expect.poll(() => messages(log.items).sort()).toEqual(['1', '2', '3', '4']);
    appendFileSync(`${file}.1`, line('late'));
    await expect.poll(() => messages(log.items)).toContain('late');
    expect(notices(log.items)).toEqual(['rotated']);
    await log.stop();
  });

  test('misses no part that came and went between two looks', async () => {
    const file = join(folder(), 'security.log');
    writeFileSync(file, line('1'));
    const log = following(file);
    await log.has('1');
    for (let number = 2; number <= 6; number += 1) {
      for (let part = number - 1; part > 1; part -= 1) renameSync(`${file}.${part - 1}`, `${file}.${part}`);
      renameSync(file, `${file}.1`);
      writeFileSync(file, line(`${number}`));
    }
    await log.has('1', '2', '3', '4', '5', '6');
    await log.stop();
  });

  test('finds what was not read before a copytruncate in the copy, at the same offset', async () => {
    const file = join(folder(), 'security.log');
    writeFileSync(file, Array.from({ length: 20 }, (_, n) => line(`${n}`)).join(''));
    const log = following(file);
    await expect.poll(() => messages(log.items)).toHaveLength(20);
    // All in one turn: the follower cannot have read 20 and 21 before the file is cut.
    appendFileSync(file, line('20') + line('21'));
    copyFileSync(file, `${file}.1`);
    truncateSync(file, 0);
    appendFileSync(file, line('22'));
    await expect.poll(() => messages(log.items).slice(18)).toEqual(['18', '19', '20', '21', '22']);
    expect(log.items.find((item) => item.kind === 'notice')).toMatchObject({
      notice: 'truncated',
      text: expect.stringContaining('found in its copy'),
    });
    await log.stop();
  });

  test('notices a file that was cut and has grown beyond the place again', async () => {
    const file = join(folder(), 'security.log');
    writeFileSync(file, line('old'));
    const log = following(file);
    await log.has('old');
    writeFileSync(file, line('new 1') + line('new 2') + line('new 3'));
    await log.has('old', 'new 1', 'new 2', 'new 3');
    expect(notices(log.items)).toEqual(['truncated']);
    await log.stop();
  });

  test('goes on when the file is deleted, or its folder replaced', async () => {
    const base = folder();
    const file = join(base, 'security.log');
    writeFileSync(file, line('1'));
    const log = following(file);
    await log.has('1');
    rmSync(file);
    await expect.poll(() => notices(log.items)).toContain('missing');
    writeFileSync(file, line('2'));
    await log.has('1', '2');
    await log.stop();
  });

  test('merges several files as their lines come', async () => {
    const base = folder();
    const [a, b] = [join(base, 'a'), join(base, 'b')];
    writeFileSync(a, '');
    writeFileSync(b, '');
    const log = following(a, b);
    appendFileSync(a, line('1'));
    await log.has('1');
    appendFileSync(b, line('2'));
    await log.has('1', '2');
    await log.stop();
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

describe('parts that change beside the file', () => {
  test('being compressed, or copied by somebody, give no line a second time', async () => {
    const file = join(folder(), 'security.log');
    writeFileSync(`${file}.1`, line('1'));
    writeFileSync(file, line('2'));
    const log = following(file);
    await log.has('1', '2');
    writeFileSync(`${file}.1.gz`, gzipSync(line('1')));
    rmSync(`${file}.1`);
    copyFileSync(file, `${file}.2026-01-01`);
    appendFileSync(file, line('3'));
    await log.has('1', '2', '3');
    writeFileSync(`${file}.7`, line('foreign'));
    appendFileSync(file, line('4'));
    await log.has('1', '2', '3', '4');
    expect(notices(log.items)).toEqual([]);
    await log.stop();
  });

  test('being cut twice between two looks loses nothing', async () => {
    const file = join(folder(), 'security.log');
    writeFileSync(file, line('1'));
    const log = following(file);
    await log.has('1');
    appendFileSync(file, line('2'));
    copyFileSync(file, `${file}.1`);
    truncateSync(file, 0);
    appendFileSync(file, line('3'));
    renameSync(`${file}.1`, `${file}.2`);
    copyFileSync(file, `${file}.1`);
    truncateSync(file, 0);
    appendFileSync(file, line('4'));
    await log.has('1', '2', '3', '4');
    await log.stop();
  });
});
