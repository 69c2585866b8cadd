// The file: for its owner alone, rotated, one chain for all processes, whole lines whatever happens.

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findings, linesOf, membersOf, run, start } from './log-lines.ts';
import { folder, loggerTo } from './scratch.ts';

describe('the file', () => {
  test('is for its owner alone, in folders that are made', async () => {
    const file = join(folder(), 'deep', 'er', 'security.log');
    const logger = loggerTo(file);
    logger.info('x');
    await logger.flush();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(join(file, '..')).mode & 0o777).toBe(0o700);
  });

  test('rotates by size, keeps the chain over its parts, and drops the oldest', async () => {
    const file = join(folder(), 'security.log');
    const logger = loggerTo(file, { maxBytes: 3000, backupCount: 3 });
    for (let number = 0; number < 40; number += 1) {
      logger.info(`line ${number}`);
      await logger.flush();
    }
    expect(
      readdirSync(join(file, '..'))
        .filter((name) => !name.startsWith('.'))
        .sort(),
    ).toEqual(['security.log', 'security.log.1', 'security.log.2', 'security.log.3']);
    expect(findings(`${file}.3`, `${file}.2`, `${file}.1`, file)).toEqual([]);
    expect(membersOf(file).at(-1)).toMatchObject({ message: 'line 39', seq: 40 });
    expect(statSync(`${file}.1`).size).toBeLessThanOrEqual(3000);
  });

  test('rotates by the day, when the first line is of an earlier one', async () => {
    const file = join(folder(), 'security.log');
    writeFileSync(file, '{"timestamp":"2020-01-01T00:00:00+00:00","message":"old"}\n');
    const logger = loggerTo(file, { rotateEvery: 'day' });
    logger.info('new');
    await logger.flush();
    expect(linesOf(`${file}.1`)).toHaveLength(1);
    expect(linesOf(file)).toHaveLength(1);
  });

  test('compresses its older parts, and the chain goes through them', async () => {
    const file = join(folder(), 'security.log');
    const logger = loggerTo(file, { maxBytes: 1500, backupCount: 9, compress: true });
    for (let number = 0; number < 30; number += 1) {
      logger.info(`line ${number}`);
      await logger.flush();
    }
    await expect
      .poll(() => readdirSync(join(file, '..')).filter((name) => name.endsWith('.gz')).length, { timeout: 15_000 })
      .toBeGreaterThan(1);
    await expect
      .poll(() => readdirSync(join(file, '..')).some((name) => name.includes('.gz-')), { timeout: 15_000 })
      .toBe(false);
    expect(existsSync(`${file}.1`)).toBe(true);
  });

  test('goes on in a new file when another program renamed, removed or emptied the old one', async () => {
    const file = join(folder(), 'security.log');
    const logger = loggerTo(file);
    const write = async (message: string) => {
      logger.info(message);
      await logger.flush();
    };
    await write('one');
    renameSync(file, `${file}.1`);
    await write('two');
    expect(findings(`${file}.1`, file)).toEqual([]);
    rmSync(file);
    await write('three');
    expect(membersOf(file)[0]).toMatchObject({ message: 'three', seq: 3 });
    writeFileSync(file, '');
    await write('four');
    expect(membersOf(file)[0]).toMatchObject({ message: 'four', seq: 4 });
    rmSync(join(file, '..'), { recursive: true });
    await write('five');
    expect(membersOf(file)[0]).toMatchObject({ message: 'five' });
  });

  test('seals the lines of writers that know no chain, and closes the half line of a dead one', async () => {
    const file = join(folder(), 'security.log');
    const logger = loggerTo(file);
    logger.info('one');
    await logger.flush();
    writeFileSync(file, '{"message":"from elsewhere"}\n{"half', { flag: 'a' });
    logger.info('two');
    await logger.flush();
    logger.info('three');
    await logger.flush();
    expect(linesOf(file)[2]).toBe('{"half');
    expect(linesOf(file)).toHaveLength(5);
    expect(findings(file)).toEqual([]);
    writeFileSync(file, readFileSync(file, 'utf8').replace('elsewhere', 'nowhere!!'));
    expect(findings(file)).toEqual([{ kind: 'tampered', seq: 1 }]);
  });
});

describe('a pipe', () => {
  test('gets whole lines, each once, from a reader that is slower than the host', async () => {
    const file = join(folder(), 'security.pipe');
    execFileSync('mkfifo', [file]);
    const logger = loggerTo(file);
    // More than a pipe holds, so that lines are cut where it is full.
    const expected = Array.from({ length: 200 }, (_, number) => `line ${number}`);
    for (const message of expected) logger.info(message, { details: { pad: 'y'.repeat(3000) } });
    const reader = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    let text = '';
    const buffer = Buffer.alloc(7001);
    while (text.split('\n').length <= expected.length) {
      text += buffer.toString('latin1', 0, readOrNothing(reader, buffer));
      await new Promise(setImmediate);
    }
    closeSync(reader);
    const messages = text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line).message);
    expect(messages).toEqual(expected);
    logger.configure({ enabled: false });
  });
});

function readOrNothing(fd: number, buffer: Buffer): number {
  try {
    return readSync(fd, buffer);
  } catch {
    return 0; // nothing in it at this moment
  }
}

describe('several processes', () => {
  test('write one chain into one file, through rotations', async () => {
    const file = join(folder(), 'security.log');
    const script = `for (let n = 0; n < 300; n++) { logger.info(process.pid + ':' + n); if (n % 7 === 0) await new Promise(setImmediate) }`;
    await Promise.all([1, 2, 3, 4].map(() => run(script, file, { maxBytes: 60_000, backupCount: 50 })));
    const parts = readdirSync(join(file, '..')).filter((name) => /^security\.log\.\d+$/.test(name)).length;
    expect(parts).toBeGreaterThan(3);
    const paths = [...Array.from({ length: parts }, (_, index) => `${file}.${parts - index}`), file];
    expect(findings(...paths)).toEqual([]);
    const written = paths.flatMap((path) => membersOf(path));
    expect(written.map((line) => line['seq'])).toEqual(Array.from({ length: 1200 }, (_, index) => index + 1));
    const byProcess = Map.groupBy(written, (line) => String(line['message']).split(':')[0]);
    for (const lines of byProcess.values())
      expect(lines.map((line) => Number(String(line['message']).split(':')[1]))).toEqual([...Array(300).keys()]);
  });

  test('that are killed leave whole lines, an unbroken chain, and everything that was returned as written', async () => {
    const file = join(folder(), 'security.log');
    const acknowledged: string[] = [];
    const children = [1, 2, 3, 4].map(() => {
      const child = start(
        `for (let n = 0; ; n++) { logger.info(process.pid + ':' + n); process.stdout.write(process.pid + ':' + n + '\\n') }`,
        file,
        {
          durability: 'written',
        },
      );
      let rest = '';
      child.stdout?.on('data', (text) => {
        const lines = (rest + String(text)).split('\n');
        rest = lines.pop() ?? '';
        acknowledged.push(...lines);
      });
      return child;
    });
    const ended = children.map((child) => once(child, 'close'));
    await expect.poll(() => acknowledged.length, { timeout: 15_000 }).toBeGreaterThan(2000);
    for (const child of children) child.kill('SIGKILL');
    await Promise.all(ended);
    const logger = loggerTo(file);
    logger.info('after');
    await logger.flush();
    expect(findings(file)).toEqual([]);
    const written = new Set(membersOf(file).map((line) => line['message']));
    expect(acknowledged.filter((message) => !written.has(message))).toEqual([]);
  });

  test('that may not write the folder of the file still write their lines', async () => {
    const base = join(folder(), 'shared');
    mkdirSync(base);
    const file = join(base, 'security.log');
    writeFileSync(file, '');
    mkdirSync(join(base, '.security.log.chain'));
    chmodSync(file, 0o600);
    const logger = loggerTo(file);
    logger.info('without a chain');
    await logger.flush();
    expect(membersOf(file)[0]).toMatchObject({ message: 'without a chain' });
    expect(membersOf(file)[0]).not.toHaveProperty('seq');
  });
});

test('a host that never yields writes by itself where the thread for that does not begin', async () => {
  const file = join(folder(), 'security.log');
  const withoutThreads = `const { EventEmitter } = await import('node:events'); const threads = (await import('node:worker_threads')).default;
    threads.Worker = class extends EventEmitter { unref() {} postMessage() {} };
    (await import('node:module')).syncBuiltinESMExports();`;
  await run(
    `for (let n = 0; n < 50; n++) logger.info('line ' + n); if (logger.state.queued > 0) process.exit(1)`,
    file,
    { durability: 'written' },
    withoutThreads,
  );
  expect(membersOf(file).map(({ message }) => message)).toEqual(Array.from({ length: 50 }, (_, n) => `line ${n}`));
  expect(findings(file)).toEqual([]);
}, 20_000);
