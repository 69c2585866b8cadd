// Which lines make an alert, and which do not.

import { describe, expect, test } from 'vitest';
import { AlertWatch } from '../../src/security-log/alert-rules.ts';
import type { LogItem } from '../../src/security-log/entry.ts';
import { readLogLine } from '../../src/security-log/read-line.ts';

const START = Date.UTC(2026, 0, 1);
const item = (second: number, members: object): LogItem => ({
  kind: 'entry',
  entry: readLogLine(
    JSON.stringify({
      timestamp: new Date(START + second * 1000).toISOString(),
      category: 'AUTHZ',
      event_type: 'X',
      severity: 'INFO',
      message: 'm',
      ...members,
    }),
    { file: 'f', line: 1, offset: 0 },
  ),
});
const denied = (second: number, agent = 'a') =>
  item(second, { event_type: 'CAPABILITY_DENIED', result: 'DENIED', agent_name: agent });
const mcp = (second: number, server: string, members: object = {}) =>
  item(second, { category: 'MCP', event_type: 'MCP_TOOL_USED', details: { server_name: server }, ...members });

function rulesOf(
  items: LogItem[],
  watch = new AlertWatch({ denials: 3, windowSeconds: 10, pauseSeconds: 100, silenceSeconds: 60 }),
): string[] {
  watch.begin();
  return items.flatMap((one) => watch.take(one, START)).map(({ rule, subject }) => `${rule} ${subject}`);
}

describe('alerts', () => {
  test.each<[string, LogItem[], string[]]>([
    ['a burst of denials of one agent', [denied(0), denied(4), denied(9)], ['denials a']],
    ['denials that are spread out', [denied(0), denied(6), denied(12), denied(18)], []],
    ['denials of several agents', [denied(0, 'a'), denied(1, 'b'), denied(2, 'c')], []],
    ['a burst that goes on, once', [0, 1, 2, 3, 4, 5].map((second) => denied(second)), ['denials a']],
    ['a burst again after the pause', [0, 1, 2, 200, 201, 202].map((second) => denied(second)), ['denials a', 'denials a']],
    ['an MCP server that was never used, once', [mcp(0, 'files'), mcp(1, 'files')], ['new-server files']],
    ['drift', [mcp(0, 's', { event_type: 'MCP_CAPABILITY_DRIFT' })], ['new-server s', 'drift s']],
    ['stale credentials', [item(0, { event_type: 'AGENT_STALE_CREDENTIALS', agent_name: 'a' })], ['stale-credentials a']],
    ['a security event', [item(0, { event_type: 'SIGNATURE_VERIFICATION_FAILED', agent_name: 'a' })], ['security a']],
    ['a broken chain', [{ kind: 'notice', notice: 'tampered', text: 't', file: 'f', count: null }], ['chain f']],
    ['a rotation', [{ kind: 'notice', notice: 'rotated', text: 't', file: 'f', count: null }], []],
    ['everyday lines', [item(0, { result: 'GRANTED' }), item(1, {})], []],
  ])('of %s', (_, items, expected) => {
    expect(rulesOf(items)).toEqual(expected);
  });

  test('know the servers that were in the log before', () => {
    const watch = new AlertWatch();
    watch.learn(mcp(0, 'files'));
    expect(rulesOf([mcp(1, 'files'), mcp(2, 'web')], watch)).toEqual(['new-server web']);
  });

  test('say silence once, and only of a log that was alive', () => {
    const watch = new AlertWatch({ silenceSeconds: 60 });
    watch.begin();
    expect(watch.tick(START + 1e6)).toEqual([]);
    watch.take(item(0, {}), START);
    expect(watch.tick(START + 59_000)).toEqual([]);
    expect(watch.tick(START + 61_000)).toMatchObject([{ rule: 'silence', subject: 'f' }]);
    expect(watch.tick(START + 200_000)).toEqual([]);
  });
});
