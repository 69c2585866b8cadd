// A line longer than anybody means: it is found by its beginning, named and counted, and what stands in its middle is no line of its own.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compileQuery } from '../../src/security-log/log-query.ts';
import { countLog, noneSearched, searchLog } from '../../src/security-log/search-log.ts';
import { tail } from '../../src/security-log/tail.ts';
import { verifyLog } from '../../src/security-log/verify-log.ts';
import { collect, folder, line, messages } from './scratch.ts';

const MEGABYTE = 1024 * 1024;
const head =
  '{"timestamp":"2026-01-01T00:00:05Z","category":"SECURITY","event_type":"ANOMALY_DETECTED","severity":"CRITICAL","message":"';
/** In it, at every place where a reader might begin anew, what would pass for a line. */
const forged = `${line('forged').trimEnd()} `;

function logWith(bytes: number, { isLast = false } = {}): string {
  const file = join(folder(), 'security.log');
  const long = `${head}${forged.repeat(Math.ceil(bytes / forged.length))}"}`;
  writeFileSync(file, `${line('before')}${long}${isLast ? '' : `\n${line('behind', 9)}`}`);
  return file;
}

describe.each([17, 40])('a line of %i megabytes', (megabytes) => {
  test.each([false, true])('is found, named and counted (at the end of the file: %s)', async (isLast) => {
    const file = logWith(megabytes * MEGABYTE, { isLast });
    const searched = noneSearched();
    const found = [];
    for await (const entries of searchLog(file, compileQuery({ severity: 'CRITICAL' }), searched)) found.push(...entries);
    expect(found).toMatchObject([{ type: 'ANOMALY_DETECTED', format: 'invalid', source: { line: 2 } }]);
    expect(searched.long).toMatchObject([{ file, offset: line('before').length }]);
    expect(searched.long[0]?.bytes).toBeGreaterThan(megabytes * MEGABYTE);
    expect(searched.lines).toBe(isLast ? 2 : 3);
    const all = [];
    for await (const entries of searchLog(file, compileQuery({})))
      all.push(...entries.map(({ message }) => message.slice(0, 10)));
    expect(all).toEqual(['before', head.slice(0, 10), ...(isLast ? [] : ['behind'])]);
    expect(await countLog(file, null)).toMatchObject({ lines: isLast ? 2 : 3, unreadable: 1 });
  });
});

test('is the same to a tail and to the check of the chain', async () => {
  const file = logWith(17 * MEGABYTE);
  const items = await collect(tail([file], { backlog: Number.POSITIVE_INFINITY }));
  expect(messages(items).map((message) => message.slice(0, 10))).toEqual(['before', head.slice(0, 10), 'behind']);
  expect(await verifyLog(file)).toMatchObject({ lines: 3, links: 0 });
});
