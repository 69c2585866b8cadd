// A disk that does not answer: the host goes on, nothing is lost that fits, and what did not fit is counted.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { membersOf } from './log-lines.ts';
import { folder, loggerTo } from './scratch.ts';

let holder: ChildProcess | null = null;
afterEach(() => void holder?.kill('SIGKILL'));

/**
 * A log whose next open hangs in the kernel, as on a network file system whose server is gone: another process has a lease
 * (fcntl(2), F_SETLEASE) on the file of its chain, and does not give it back.
 */
async function hangingLog(): Promise<{ file: string; answer(): Promise<void> }> {
  const file = join(folder(), 'security.log');
  const chain = join(file, '..', '.security.log.chain');
  writeFileSync(chain, '');
  const program =
    '$SIG{IO} = "IGNORE"; open(F, "+<", $ARGV[0]) && fcntl(F, 1024, 1) || exit 1; $| = 1; print "held"; sleep 300';
  const child = spawn('perl', ['-e', program, chain], { stdio: ['ignore', 'pipe', 'inherit'] });
  holder = child;
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  return {
    file,
    async answer() {
      child.kill('SIGKILL');
      await once(child, 'close');
    },
  };
}

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise(setImmediate);
};

const mayHold = spawnSync('perl', ['-e', '1']).status === 0 && process.platform === 'linux';

describe.runIf(mayHold)('a disk that hangs', () => {
  test('holds nobody up; what was logged meanwhile is written when it answers, in order', async () => {
    const { file, answer } = await hangingLog();
    const logger = loggerTo(file);
    const expected = Array.from({ length: 500 }, (_, number) => `line ${number}`);
    for (const message of expected) {
      logger.info(message);
      await turns(1);
    }
    expect(logger.state).toMatchObject({ written: 0, queued: 500, dropped: 0 });
    await answer();
    await expect.poll(() => logger.state.written, { timeout: 15_000 }).toBe(500);
    expect(membersOf(file).map(({ message }) => message)).toEqual(expected);
  });

  test('costs a host that wants its lines written one wait, not one for each line', async () => {
    const { file, answer } = await hangingLog();
    const logger = loggerTo(file, { durability: 'written' });
    for (let number = 0; number < 50; number += 1) logger.info(`line ${number}`);
    expect(logger.state).toMatchObject({ written: 0, queued: 50 });
    await expect.poll(() => logger.state.failing, { timeout: 15_000 }).toContain('has not answered');
    await answer();
    await expect.poll(() => logger.state.written, { timeout: 15_000 }).toBe(50);
    expect(logger.state.failing).toBeNull();
  });

  test('takes as much as memory is given for; the rest is counted, and the log says how much that was', async () => {
    const { file, answer } = await hangingLog();
    const logger = loggerTo(file, { maxBytes: 0 });
    const lines = 400;
    for (let number = 0; number < lines; number += 1) logger.info('x'.repeat(100_000));
    const { queued, dropped } = logger.state;
    expect(queued + dropped).toBe(lines);
    expect(dropped).toBeGreaterThan(50);
    await answer();
    await expect.poll(() => logger.state, { timeout: 15_000 }).toMatchObject({ written: queued + 1, queued: 0, dropped });
    expect(membersOf(file).at(-1)).toMatchObject({ event_type: 'LOG_RECORDS_DROPPED', details: { dropped } });
  });

  test('keeps no other log of the process from its own disk', async () => {
    const { file, answer } = await hangingLog();
    const hanging = loggerTo(file);
    hanging.info('waits');
    await expect.poll(() => hanging.state.failing, { timeout: 15_000 }).toContain('has not answered');
    const elsewhere = join(folder(), 'security.log');
    const other = loggerTo(elsewhere);
    other.info('written');
    await other.flush();
    expect(membersOf(elsewhere)).toHaveLength(1);
    await answer();
  });
});
