// What several threads find in the ranges of a log is what one reading finds.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { generateSigningKey } from '../../src/crypto/ed25519.ts';
import { type Crew, openCrew } from '../../src/security-log/crew/crew.ts';
import { compileQuery } from '../../src/security-log/log-query.ts';
import { countLog, noneSearched, searchLog } from '../../src/security-log/search-log.ts';
import { verifyLog } from '../../src/security-log/verify-log.ts';
import { sampleLines } from './samples.ts';
import { folder, loggerTo } from './scratch.ts';

const ALONE = { least: Number.POSITIVE_INFINITY };
const crew = openCrew({ size: 2 }) as Crew;
const SHARED = { least: 0, length: 5000, crew };
afterAll(() => crew.close());

function mixed(): string {
  const file = join(folder(), 'security.log');
  const own = Array.from({ length: 40 }, (_, n) =>
    JSON.stringify({
      ...{ timestamp: `2026-01-01T00:${String(n).padStart(2, '0')}:00.000001+00:00`, event_id: `e${n}`, category: 'MCP' },
      ...{ event_type: `T${n % 3}`, severity: ['INFO', 'ERROR'][n % 2], message: 'x {"agent_name":"no"}' },
      // Absent at the top, and of the same name within the details: that is not who it was.
      ...(n % 4 === 0 ? { details: { agent_name: 'inner', result: 'inner' } } : { agent_name: 'a"b', result: 'SUCCESS' }),
    }),
  );
  const lines = [...own, ...sampleLines.filter((line) => line !== ''), 'x'.repeat(20_000), ...own, '{"half'];
  writeFileSync(file, lines.join('\n'));
  return file;
}

describe('a crew', () => {
  test.each([{}, { filter: 'severity:error' }, { filter: 'files' }, { agent: 'a"b' }, { severity: 'WARNING' as const }])(
    'counts the same: %j',
    async (query) => {
      const file = mixed();
      const compiled = compileQuery(query);
      const alone = await countLog(file, compiled, ALONE);
      expect(await countLog(file, compiled, SHARED)).toEqual(alone);
      expect(alone.lines).toBeGreaterThan(0);
    },
  );

  test('counts by the members of a line, not by those of its details', async () => {
    const { byAgent, byResult } = await countLog(mixed(), null, SHARED);
    expect([byAgent.get('inner'), byResult.get('inner'), byAgent.get('a"b')]).toEqual([undefined, undefined, 60]);
  });

  test('counts severities, categories and types without looking at the rest', async () => {
    const file = mixed();
    const { lines, bySeverity, byCategory, byType } = await countLog(file, null, ALONE);
    expect(await countLog(file, null, { ...SHARED, depth: 'head' })).toMatchObject({ lines, bySeverity, byCategory, byType });
  });

  test.each([{}, { filter: 'severity:error' }, { filter: 'happened' }, { since: '2026-01-01T00:10:00.000Z' }])(
    'finds the same lines at the same places: %j',
    async (query) => {
      const file = mixed();
      const found = async (sharing: object) => {
        const searched = noneSearched();
        const entries = [];
        for await (const some of searchLog(file, compileQuery(query), searched, sharing)) entries.push(...some);
        return { entries, searched };
      };
      const alone = await found(ALONE);
      expect(await found(SHARED)).toEqual(alone);
      expect(alone.entries.length).toBeGreaterThan(5);
    },
  );

  test('verifies the same, wherever the log was tampered with', { timeout: 60_000 }, async () => {
    const file = join(folder(), 'security.log');
    const { privateKey } = generateSigningKey();
    const logger = loggerTo(file, { checkpoints: { privateKey, everyLines: 7 } });
    for (let number = 1; number <= 30; number += 1) {
      logger.info(`line ${number}`);
      if (number % 10 === 0) {
        await logger.flush();
        writeFileSync(file, '{"message":"of another writer"}\n', { flag: 'a' });
      }
    }
    await logger.flush();
    const whole = readFileSync(file, 'utf8').split('\n');
    const changes: ((lines: string[]) => string[])[] = [
      (lines) => lines,
      ...whole.flatMap((line, at) => [
        (lines: string[]) => lines.with(at, line.replace('line', 'lime')),
        (lines: string[]) => lines.toSpliced(at, 1),
        (lines: string[]) => lines.toSpliced(at, 0, whole[0] ?? ''),
      ]),
    ];
    for (const change of changes) {
      writeFileSync(file, change(whole).join('\n'));
      const alone = await verifyLog(file, ALONE);
      expect(await verifyLog(file, { ...SHARED, length: 2500 })).toEqual(alone);
    }
  });
});
