// What the dashboard keeps of a log: the latest lines, counted, filtered, and in their order.

import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { histogram, LogView, openLiveLog } from '../../src/security-log/live-log.ts';
import { folder } from './scratch.ts';

const line = (severity: string, message: string, more: object = {}) =>
  `${JSON.stringify({ timestamp: '2026-01-01T00:00:00+00:00', category: 'MCP', event_type: 'MCP_TOOL_USED', severity, message, ...more })}\n`;

async function opened(text: string, options: { capacity?: number } = {}) {
  const file = join(folder(), 'security.log');
  writeFileSync(file, text);
  const log = openLiveLog([file, `${file}.absent`], { changed: () => {}, ...options });
  const lines = text.split('\n').length - 1;
  await expect.poll(() => log.rows.next, { timeout: 15_000 }).toBe(lines);
  return { file, log };
}
const shown = (view: LogView): string[] =>
  Array.from({ length: view.length }, (_, index) => view.at(index)?.item).map((item) =>
    item?.kind === 'entry' ? item.entry.message : (item?.notice ?? ''),
  );

describe('a live log', () => {
  test('counts by severity and source, and follows', async () => {
    const { file, log } = await opened(line('INFO', 'a') + line('ERROR', 'b'));
    appendFileSync(file, line('ERROR', 'c'));
    await expect.poll(() => log.counts, { timeout: 15_000 }).toEqual({ DEBUG: 0, INFO: 1, WARNING: 0, ERROR: 2, CRITICAL: 0 });
    expect([...log.sources.values()]).toEqual([{ lines: 3 }, { lines: 0 }]);
    log.close();
  });

  test.each([
    ['severity>=warning', ['b', 'c']],
    ['!severity>=error', ['a', 'b']],
    ['severity:error', ['c']],
    ['category:mcp files', ['b']],
    ['agent:billing', ['a']],
    ['details.server_name:files', ['b']],
    ['correlation=c-1', ['c']],
    ['hostname:box', ['c']],
    ['since:1m', []],
  ])('filters by %s', async (filter, expected) => {
    const { log } = await opened(
      line('INFO', 'a', { agent_name: 'billing-bot' }) +
        line('WARNING', 'b', { details: { server_name: 'files' } }) +
        line('ERROR', 'c', { correlation_id: 'c-1', hostname: 'box' }),
    );
    expect(shown(new LogView(log.rows, filter).update())).toEqual(expected);
    log.close();
  });

  test('a paused view stands still, and keeps its place when the oldest are dropped', async () => {
    const { file, log } = await opened(line('INFO', '0') + line('INFO', '1') + line('INFO', '2'), { capacity: 4 });
    const view = new LogView(log.rows, '').update();
    const key = view.idAt(2) ?? '';
    appendFileSync(file, line('INFO', '3') + line('INFO', '4') + line('INFO', '5'));
    await expect.poll(() => log.rows.next, { timeout: 15_000 }).toBe(6);
    expect(shown(view.update(3))).toEqual(['2']);
    expect(shown(view.update())).toEqual(['2', '3', '4', '5']);
    expect(view.indexOf(key)).toBe(0);
    expect(view.indexOf('line-0')).toBe(-1);
    expect(view.total).toBe(6);
    log.close();
  });

  test('finds the next error in either direction', async () => {
    const { log } = await opened(['INFO', 'ERROR', 'INFO', 'ERROR'].map((severity) => line(severity, severity)).join(''));
    const view = new LogView(log.rows, '').update();
    const isError = (row: { item: { kind: string } }) => JSON.stringify(row.item).includes('"severity":"ERROR"');
    expect(view.nextWhere(0, 1, isError)).toBe(1);
    expect(view.nextWhere(1, 1, isError)).toBe(3);
    expect(view.nextWhere(3, 1, isError)).toBe(-1);
    expect(view.nextWhere(3, -1, isError)).toBe(1);
    expect(histogram(view, 3).counts).toEqual([0, 0, 4]);
    log.close();
  });
});
