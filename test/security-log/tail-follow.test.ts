// Following a log: every new line, once, whatever happens to the file.

import { appendFileSync, copyFileSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { LogItem } from '../../src/security-log/entry.ts';
import { tail } from '../../src/security-log/tail.ts';
import { folder, line, messages, notices } from './scratch.ts';

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
    await expect.poll(() => notices(log.items), { timeout: 15_000 }).toEqual(['missing']);
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
    await expect.poll(() => messages(log.items).sort(), { timeout: 15_000 }).toEqual(['1', '2', '3', '4']);
    appendFileSync(`${file}.1`, line('late'));
    await expect.poll(() => messages(log.items), { timeout: 15_000 }).toContain('late');
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

  test('misses none that was compressed between two looks, also where no new file was made', async () => {
    const file = join(folder(), 'security.log');
    writeFileSync(file, line('1'));
    const log = following(file);
    await log.has('1');
    renameSync(file, `${file}.1`);
    writeFileSync(`${file}.2.gz`, gzipSync(readFileSync(`${file}.1`)));
    rmSync(`${file}.1`);
    writeFileSync(`${file}.1.gz`, gzipSync(line('2')));
    await log.has('1', '2');
    await log.stop();
    expect(messages(log.items)).toEqual(['1', '2']);
  });

  test('comes back to a part that was still being compressed, and says that its lines are late', async () => {
    const file = join(folder(), 'security.log');
    writeFileSync(file, line('1'));
    const log = following(file);
    await log.has('1');
    renameSync(file, `${file}.1`);
    writeFileSync(`${file}.2.gz`, gzipSync(readFileSync(`${file}.1`)));
    rmSync(`${file}.1`);
    // As its compressor has it half way through.
    const packed = gzipSync(line('2') + line('3'));
    writeFileSync(`${file}.1.gz`, packed.subarray(0, 15));
    writeFileSync(file, line('4'));
    await log.has('1', '4');
    writeFileSync(`${file}.1.gz`, packed, { flag: 'r+' });
    await log.has('1', '4', '2', '3');
    await log.stop();
    expect(messages(log.items)).toEqual(['1', '4', '2', '3']);
    expect(log.items.filter((item) => item.kind === 'notice' && item.notice !== 'rotated')).toMatchObject([
      { notice: 'gap', text: expect.stringContaining('2 lines belong before those above') },
    ]);
  });

  test('finds what was not read before a copytruncate in the copy, at the same offset', async () => {
    const file = join(folder(), 'security.log');
    writeFileSync(file, Array.from({ length: 20 }, (_, n) => line(`${n}`)).join(''));
    const log = following(file);
    await expect.poll(() => messages(log.items), { timeout: 15_000 }).toHaveLength(20);
    // All in one turn: the follower cannot have read 20 and 21 before the file is cut.
    appendFileSync(file, line('20') + line('21'));
    copyFileSync(file, `${file}.1`);
    truncateSync(file, 0);
    appendFileSync(file, line('22'));
    await expect.poll(() => messages(log.items).slice(18), { timeout: 15_000 }).toEqual(['18', '19', '20', '21', '22']);
    expect(log.items.find((item) => item.kind === 'notice')).toMatchObject({
      notice: 'truncated',
      text: expect.stringContaining('found in its copy'),
    });
    await log.stop();
  });

  test('waits for a copy of which nothing is there yet', async () => {
    const file = join(folder(), 'security.log');
    writeFileSync(file, line('1'));
    const log = following(file);
    await log.has('1');
    writeFileSync(`${file}.1`, '');
    // Seen by the follower with the copy beside it.
    appendFileSync(file, line('2'));
    await log.has('1', '2');
    appendFileSync(file, line('3'));
    appendFileSync(`${file}.1`, readFileSync(file));
    truncateSync(file, 0);
    appendFileSync(file, line('4'));
    await log.has('1', '2', '3', '4');
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
    await expect.poll(() => notices(log.items), { timeout: 15_000 }).toContain('missing');
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
