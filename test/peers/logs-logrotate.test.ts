// The real logrotate under load, in both of its modes: every line that was written is found, or its absence is said in numbers.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { LogItem } from '../../src/security-log/entry.ts';
import { tail } from '../../src/security-log/tail.ts';
import { verifyLog } from '../../src/security-log/verify-log.ts';
import { folder } from '../security-log/scratch.ts';

type Entries = Extract<LogItem, { kind: 'entry' }>[];

const LINES = 1500;
const WRITERS = 2;
const ALL = (LINES + 1) * WRITERS;

test.each([
  ['create', 'create 0600'],
  ['create, and compressed later', 'create 0600\n compress\n delaycompress'],
  ['create, and compressed at once', 'create 0600\n compress'],
  ['no file made, and compressed at once', 'nocreate\n compress'],
  ['copytruncate', 'copytruncate'],
])('%s', async (name, mode) => {
  const base = folder();
  const file = join(base, 'security.log');
  const state = join(base, 'logrotate.state');
  const config = join(base, 'logrotate.conf');
  writeFileSync(config, `${file} {\n rotate 100\n missingok\n ${mode}\n}\n`, { mode: 0o600 });
  writeFileSync(file, '', { mode: 0o600 });

  const ending = new AbortController();
  const items: LogItem[] = [];
  const tailing = (async () => {
    for await (const item of tail([file], { follow: true, backlog: Number.POSITIVE_INFINITY, signal: ending.signal }))
      items.push(item);
  })();
  const writers = Array.from({ length: WRITERS }, () => writer(file));
  const written = writers.map((child) => once(child, 'close'));
  await expect.poll(() => items.length, { timeout: 20_000 }).toBeGreaterThan(50);
  for (let round = 0; round < 6; round += 1) {
    const rotating = spawn('/usr/sbin/logrotate', ['--force', '--state', state, config], { stdio: 'inherit' });
    expect((await once(rotating, 'close'))[0]).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 120));
  }
  // The last lines come behind the last rotation: what copytruncate cut away shows by what follows it.
  for (const child of writers) child.stdin?.end();
  await Promise.all(written);
  const { first, last, links, findings, verdict } = await verifyLog(file);

  // What is in the files, with what is said to be missing from them, is what was written.
  const missing = findings.reduce((sum, finding) => sum + (finding.kind === 'gap' ? finding.count : 0), 0);
  expect({ first, last, all: links + missing }).toEqual({ first: 1, last: ALL, all: ALL });
  if (name !== 'copytruncate') expect({ verdict, missing }).toEqual({ verdict: 'intact', missing: 0 });
  expect(new Set(findings.map(({ kind }) => kind)).difference(new Set(['gap']))).toEqual(new Set());

  // The tail gave every line once, at least all that are in the files (what logrotate cut away it may have read before), and said how many are missing.
  // Half a line at the end of a copy that was made in the middle of a write is shown as well, and its line is said to be missing.
  const entries = () => items.filter((item) => item.kind === 'entry' && item.entry.extra['seq'] !== undefined) as Entries;
  const said = () =>
    items.reduce((sum, item) => sum + (item.kind === 'notice' && item.notice === 'gap' ? (item.count ?? 0) : 0), 0);
  await expect.poll(() => entries().length + said(), { timeout: 20_000 }).toBe(ALL);
  expect(new Set(entries().map(({ entry }) => entry.extra['seq'])).size).toBe(entries().length);
  expect(entries().length).toBeGreaterThanOrEqual(links);
  expect(items.some((item) => item.kind === 'notice' && item.notice === 'tampered')).toBe(false);
  ending.abort();
  await tailing;
});

function writer(file: string) {
  const url = new URL('../../src/security-log/security-logger.ts', import.meta.url);
  const code = `const { SecurityLogger } = await import(${JSON.stringify(url.href)}); const logger = new SecurityLogger();
    logger.configure({ logFile: ${JSON.stringify(file)}, maxBytes: 0, includeStderr: false });
    for (let n = 0; n < ${LINES}; n++) { logger.info('line ' + n); if (n % 5 === 0) await new Promise((resolve) => setTimeout(resolve, 1)) }
    await new Promise((resolve) => process.stdin.on('end', resolve).resume()); logger.info('the last'); await logger.flush();`;
  return spawn(process.execPath, ['--input-type=module', '--eval', code], { stdio: ['pipe', 'inherit', 'inherit'] });
}

test('logrotate is the real one', () => {
  expect(execFileSync('/usr/sbin/logrotate', ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })).toMatch(
    /logrotate/,
  );
});
