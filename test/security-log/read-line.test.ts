// Reading one line: every format that a tail may meet, and what no format is.

import { describe, expect, test } from 'vitest';
import { readLogLine } from '../../src/security-log/read-line.ts';

const read = (line: string | Buffer) => readLogLine(line, { file: 'f', line: 1, offset: 0 });

const ours = {
  timestamp: '2026-03-04T05:06:07.123456+00:00',
  event_id: 'e-1',
  category: 'MCP',
  event_type: 'MCP_CAPABILITY_DRIFT',
  severity: 'WARNING',
  message: 'MCP drift',
  sdk_version: 'aim-sdk-python@1.21.0',
  agent_id: 'a-1',
  result: 'SUCCESS',
  details: { server_name: 'files' },
};

describe('readLogLine', () => {
  test.each<[string, string | Buffer, object]>([
    [
      'a line of an AIM SDK',
      JSON.stringify(ours),
      {
        format: 'aim',
        time: '2026-03-04T05:06:07.123Z',
        category: 'MCP',
        type: 'MCP_CAPABILITY_DRIFT',
        severity: 'WARNING',
        agentId: 'a-1',
        details: { server_name: 'files' },
        extra: { event_id: 'e-1', sdk_version: 'aim-sdk-python@1.21.0' },
      },
    ],
    [
      'one with NaN, as Python writes it',
      '{"category":"AUDIT","event_type":"X","details":{"score":NaN,"up":-Infinity}}',
      { format: 'aim', details: { score: null, up: null } },
    ],
    [
      'one whose members have other types',
      '{"category":7,"event_type":"X","severity":"LOUD","message":{"a":1},"details":[1]}',
      { format: 'aim', category: '7', severity: null, message: '{"a":1}', details: { details: [1] } },
    ],
    [
      'a correlated event',
      '{"schemaVersion":"1.0","correlationId":"c","agentId":"a","createdAt":"2026-01-01T00:00:00.000Z","enforcement":{"decision":"deny","outcome":"DENY_INTENT","capability":"db:write","resource":"orders","deniedReason":"odd"},"detection":{"injectionDetected":true}}',
      {
        format: 'correlated',
        severity: 'ERROR',
        message: 'DENY_INTENT db:write orders: odd',
        result: 'DENIED',
        correlationId: 'c',
        action: 'db:write',
      },
    ],
    [
      'a journald record',
      '{"__REALTIME_TIMESTAMP":"1700000000123456","PRIORITY":"3","MESSAGE":"failed","_COMM":"x"}',
      { format: 'journald', time: '2023-11-14T22:13:20.123Z', severity: 'ERROR', message: 'failed', extra: { _COMM: 'x' } },
    ],
    [
      'a journald record whose message is bytes',
      '{"__REALTIME_TIMESTAMP":"1700000000123456","PRIORITY":"6","MESSAGE":[104,105,27]}',
      { message: 'hi\u001b' },
    ],
    [
      'one of ours in journald',
      JSON.stringify({ __REALTIME_TIMESTAMP: '1700000000123456', PRIORITY: '6', MESSAGE: JSON.stringify(ours) }),
      { format: 'journald', time: '2026-03-04T05:06:07.123Z', type: 'MCP_CAPABILITY_DRIFT', severity: 'WARNING' },
    ],
    [
      'RFC 5424',
      '<165>1 2003-10-11T22:14:15.003Z host app 42 ID47 [a@1 k="v \\] \\" x"][b@1] \ufeffAn event',
      {
        format: 'syslog',
        time: '2003-10-11T22:14:15.003Z',
        severity: 'INFO',
        message: 'An event',
        extra: { host: 'host', program: 'app', processId: '42' },
      },
    ],
    [
      'RFC 5424 with one of ours in it',
      `<13>1 2026-01-01T00:00:00Z h aim - - - ${JSON.stringify(ours)}`,
      { format: 'syslog', type: 'MCP_CAPABILITY_DRIFT', severity: 'WARNING', time: '2026-03-04T05:06:07.123Z' },
    ],
    [
      'the file of rsyslog',
      '2026-01-01T10:00:00.123456+01:00 host sshd[123]: Accepted key',
      {
        format: 'syslog',
        time: '2026-01-01T09:00:00.123Z',
        message: 'Accepted key',
        extra: { program: 'sshd', processId: '123' },
      },
    ],
    ['RFC 3164', '<34>Oct 11 22:14:15 mymachine su: failed', { format: 'syslog', severity: 'CRITICAL', message: 'failed' }],
    [
      'JSON of another logger',
      '{"level":50,"time":1700000000123,"msg":"boom"}',
      { format: 'plain', severity: 'ERROR', time: '2023-11-14T22:13:20.123Z', message: 'boom' },
    ],
    [
      'prose with a time and a level',
      '2026-01-01T00:00:00Z ERROR it broke',
      { format: 'plain', severity: 'ERROR', time: '2026-01-01T00:00:00.000Z' },
    ],
    ['prose', 'it broke', { format: 'plain', time: null, severity: null, message: 'it broke' }],
    ['half of a line', '{"timestamp":"2026', { format: 'invalid', message: '{"timestamp":"2026' }],
    ['bytes that are no text', Buffer.from([0, 1, 2, 255, 254]), { format: 'invalid' }],
    ['invalid UTF-8 in prose', Buffer.from([104, 105, 0xff]), { format: 'invalid' }],
    ['nothing', '', { format: 'plain', message: '' }],
    ['a carriage return at its end', 'prose\r', { message: 'prose' }],
    [
      'a time from 1970',
      '{"category":"AUDIT","event_type":"X","timestamp":"1970-01-01T00:00:00+00:00"}',
      { time: '1970-01-01T00:00:00.000Z' },
    ],
    [
      'a time from 2200',
      '{"category":"AUDIT","event_type":"X","timestamp":"2200-01-01T00:00:00+00:00"}',
      { time: '2200-01-01T00:00:00.000Z' },
    ],
    ['a time that is none', '{"category":"AUDIT","event_type":"X","timestamp":"soon"}', { time: null }],
    ['a time of another age', '{"category":"AUDIT","event_type":"X","timestamp":"+275000-01-01T00:00:00Z"}', { time: null }],
  ])('%s', (_, line, expected) => {
    expect(read(line)).toMatchObject(expected);
  });

  test('keeps escapes as they are, for visible() to show', () => {
    expect(read('\u001b[31mred\u001b[0m').message).toBe('\u001b[31mred\u001b[0m');
  });
});
