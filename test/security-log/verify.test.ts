// Checking a whole chain: nothing that is changed, removed, put in, moved or cut off goes unseen.

import { readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { generateSigningKey } from '../../src/crypto/ed25519.ts';
import { verifyLog } from '../../src/security-log/verify-log.ts';
import { folder, loggerTo } from './scratch.ts';

async function written(lines = 5, options = {}): Promise<string> {
  const file = join(folder(), 'security.log');
  const logger = loggerTo(file, options);
  for (let number = 1; number <= lines; number += 1) logger.info(`line ${number}`);
  await logger.flush();
  return file;
}
const kinds = async (file: string) => (await verifyLog(file)).findings.map(({ kind }) => kind);

describe('a log that nobody touched', () => {
  test('is intact, over rotated and compressed parts', async () => {
    const file = join(folder(), 'security.log');
    const logger = loggerTo(file, { maxBytes: 3000, backupCount: 20 });
    for (let number = 1; number <= 40; number += 1) {
      logger.info(`line ${number}`);
      await logger.flush();
    }
    writeFileSync(`${file}.3.gz`, gzipSync(readFileSync(`${file}.3`)));
    rmSync(`${file}.3`);
    expect(await verifyLog(file)).toMatchObject({ verdict: 'intact', links: 40, first: 1, last: 40, findings: [] });
  });

  test('is intact where the end of a part stands again at the beginning of the next, and says so', async () => {
    const file = await written();
    const lines = readFileSync(file, 'utf8').split('\n');
    writeFileSync(`${file}.1.gz`, gzipSync(lines.slice(0, 4).join('\n').concat('\n')));
    writeFileSync(file, lines.slice(2).join('\n'));
    expect(await verifyLog(file)).toMatchObject({
      ...{ verdict: 'intact', links: 5, unchained: 0 },
      findings: [{ kind: 'repeated', seq: 3, count: 2, file, line: 1 }],
    });
  });

  test('is intact with a part that logrotate put aside under a name of its own', async () => {
    const file = await written();
    const lines = readFileSync(file, 'utf8').split('\n');
    const part = (from: number, to: number) => lines.slice(from, to).join('\n').concat('\n');
    writeFileSync(`${file}.1`, part(0, 2));
    utimesSync(`${file}.1`, 1000, 1000);
    writeFileSync(`${file}-2026112310.backup`, part(2, 4));
    writeFileSync(file, part(4, 5));
    expect(await verifyLog(file)).toMatchObject({ verdict: 'intact', links: 5, findings: [] });
  });

  test('without a chain has no verdict', async () => {
    const file = join(folder(), 'security.log');
    writeFileSync(file, '{"message":"x"}\nprose\n');
    expect(await verifyLog(file)).toMatchObject({ verdict: 'none', lines: 2, unchained: 2, head: null });
  });

  test('of which only the later parts are kept begins where they begin', async () => {
    const file = join(folder(), 'security.log');
    const logger = loggerTo(file, { maxBytes: 1500, backupCount: 1 });
    for (let number = 1; number <= 20; number += 1) {
      logger.info(`line ${number}`);
      await logger.flush();
    }
    const { verdict, first, last } = await verifyLog(file);
    expect({ verdict, last }).toEqual({ verdict: 'intact', last: 20 });
    expect(first).toBeGreaterThan(1);
  });
});

describe('tampering', () => {
  test('with any single byte of a chain is found', { timeout: 120_000 }, async () => {
    const file = await written(3);
    const whole = readFileSync(file);
    const missed: string[] = [];
    for (let at = 0; at < whole.length; at += 1) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ (at % 2 === 0 ? 1 : 0x20);
      writeFileSync(file, changed);
      const { verdict } = await verifyLog(file);
      if (verdict !== 'broken') missed.push(`byte ${at} of ${whole.length}`);
    }
    expect(missed).toEqual([]);
  });

  test('by removing any single byte of a chain is found', { timeout: 120_000 }, async () => {
    const file = await written(2);
    const whole = readFileSync(file);
    const missed: number[] = [];
    for (let at = 0; at < whole.length - 1; at += 1) {
      writeFileSync(file, Buffer.concat([whole.subarray(0, at), whole.subarray(at + 1)]));
      if ((await verifyLog(file)).verdict !== 'broken') missed.push(at);
    }
    expect(missed).toEqual([]);
  });

  const change = (file: string, how: (lines: string[]) => string[]) =>
    writeFileSync(file, how(readFileSync(file, 'utf8').split('\n')).join('\n'));

  test.each<[string, (lines: string[]) => string[], string[]]>([
    ['removed lines', (lines) => lines.toSpliced(1, 2), ['gap']],
    ['a line put in', (lines) => lines.toSpliced(2, 0, '{"message":"never said"}'), ['unsealed']],
    ['a line of the chain repeated', (lines) => lines.toSpliced(2, 0, lines[1] ?? ''), ['disordered']],
    ['the end cut off', (lines) => [...lines.slice(0, 3), ''], ['cut']],
    ['everything removed', () => [''], ['cut']],
  ])('%s', async (_, how, expected) => {
    const file = await written();
    change(file, how);
    expect((await kinds(file)).slice(0, expected.length)).toEqual(expected);
  });

  test('is placed: part, line and byte of the first link that does not fit', async () => {
    const file = await written();
    change(file, (lines) => lines.with(1, (lines[1] ?? '').replace('line 2', 'line X')));
    const third = readFileSync(file, 'utf8').split('\n').slice(0, 2).join('\n').length + 1;
    expect((await verifyLog(file)).findings).toEqual([{ kind: 'tampered', seq: 2, file, line: 3, offset: third }]);
  });

  test('goes on being checked behind a part that cannot be read', async () => {
    const file = await written();
    const packed = gzipSync(readFileSync(file));
    writeFileSync(`${file}.1.gz`, packed.subarray(0, packed.length - 20));
    truncateSync(file, 0);
    expect((await verifyLog(file)).findings[0]).toMatchObject({ kind: 'unreadable', file: `${file}.1.gz` });
  });
});

describe('checkpoints', () => {
  const key = generateSigningKey();

  test('are signed after so many lines and at the end, and checked', async () => {
    const file = join(folder(), 'security.log');
    const logger = loggerTo(file, { checkpoints: { privateKey: key.privateKey, everyLines: 3 } });
    for (let number = 1; number <= 7; number += 1) logger.info(`line ${number}`);
    logger.configure({ enabled: false });
    await expect
      .poll(async () => (await verifyLog(file)).checkpoints)
      .toEqual({ count: 3, lastSeq: 10, keys: [key.publicKey] });
    expect((await verifyLog(file, { keys: [key.publicKey] })).verdict).toBe('intact');
  });

  test('of another key, or signed wrongly, are said to be forged', async () => {
    const file = join(folder(), 'security.log');
    const logger = loggerTo(file, { checkpoints: { privateKey: key.privateKey, everyLines: 1 } });
    logger.info('one');
    await logger.flush();
    expect((await verifyLog(file, { keys: [generateSigningKey().publicKey] })).findings).toMatchObject([
      { kind: 'forged', because: 'key', seq: 2 },
    ]);
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"signature":"..../, '"signature":"AAAA'));
    expect((await verifyLog(file)).findings).toMatchObject([{ kind: 'forged', because: 'signature' }, { kind: 'tampered' }]);
  });
});
