// One line of every event type, and lines that try to break out of every format. The same each time, for golden files.

import type { LogEntry } from '../../src/security-log/entry.ts';
import {
  AgentEventType,
  AuthnEventType,
  AuthzEventType,
  CredEventType,
  McpEventType,
  SecurityEventType,
} from '../../src/security-log/event-types.ts';
import { readLogLine } from '../../src/security-log/read-line.ts';

const types: [category: string, types: object][] = [
  ['AUTHN', AuthnEventType],
  ['AUTHZ', AuthzEventType],
  ['AGENT', AgentEventType],
  ['CRED', CredEventType],
  ['MCP', McpEventType],
  ['SECURITY', SecurityEventType],
  ['AUDIT', { LOG_MESSAGE: 0, INFO: 0 }],
  ['CONFIG', { CONFIG_CHANGED: 0 }],
];

const severities = ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'];

const line = (number: number, members: object): string =>
  JSON.stringify({
    timestamp: new Date(Date.UTC(2026, 2, 4, 5, 6, number % 60)).toISOString().replace('Z', '456+00:00'),
    event_id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    ...members,
  });

const whole = (number: number, category: string, event_type: string): string =>
  line(number, {
    category,
    event_type,
    severity: severities[number % severities.length],
    message: `${event_type} happened`,
    sdk_version: 'aim-sdk-typescript@1.0.0',
    hostname: 'box',
    process_id: 4242,
    agent_id: '11111111-1111-4111-8111-111111111111',
    agent_name: 'billing-bot',
    user_id: 'u-1',
    organization_id: 'o-1',
    action: 'db:read',
    resource: 'orders',
    result: ['SUCCESS', 'FAILURE', 'GRANTED', 'DENIED'][number % 4],
    source_ip: number % 2 === 0 ? '192.0.2.7' : '2001:db8::7',
    destination_url: 'https://example.com/a',
    http_method: 'POST',
    http_status: 403,
    details: { server_name: 'files', tool_name: 'read_file', drift: { added: ['x'], score: 0.5 }, count: 3, ok: true },
    error: 'refused',
    stack_trace: 'Error: refused\n    at f (x.js:1:2)',
    correlation_id: '22222222-2222-4222-8222-222222222222',
    parent_event_id: 'p-1',
    session_id: 's-1',
    seq: number,
    prev_hash: 'ab'.repeat(32),
  });

const hostile = [
  'a|b\\c=d]e"f',
  'first\nCEF:0|Evil|forged|1|x|x|10|msg=yes\r\nthird',
  '<34>1 2026-01-01T00:00:00Z evil app - - - forged',
  '[x@1 a="b"] end\ttab\tusrName=root',
  '\u001b[31mred\u001b[0m\u0007\u0000\u202eright-to-left\u2028line',
  '=HYPERLINK("http://evil.example","click")',
  "'; DROP TABLE log; --",
  'Zürich 😀 日本語 \ud800',
  '"},{"severity":"CRITICAL"',
  '',
];

const lines: string[] = [
  ...types
    .flatMap(([category, names]) => Object.keys(names).map((name): [string, string] => [category, name]))
    .map(([category, name], number) => whole(number, category, name)),
  ...hostile.map((text, number) =>
    line(number, {
      category: 'SECURITY',
      event_type: text || 'X',
      severity: 'ERROR',
      message: text,
      agent_name: text,
      resource: text,
      error: text,
      hostname: text,
      details: { [text || 'k']: text },
    }),
  ),
  '{"category":"AUDIT","event_type":"X"}',
  '{"schemaVersion":"1.0","correlationId":"c","agentId":"a","createdAt":"2026-01-01T00:00:00.000Z","enforcement":{"decision":"deny","outcome":"DENY_INTENT","capability":"db:write","resource":"orders"}}',
  '<165>1 2003-10-11T22:14:15.003Z host app 42 ID47 - An event from syslog',
  'prose with = and | in it',
];

export const sampleLines: readonly string[] = lines;

export const sampleEntries: readonly LogEntry[] = lines.map((text, number) =>
  readLogLine(text, { file: '/var/log/aim/security.log', line: number + 1, offset: 0 }),
);

export const NOW = Date.UTC(2026, 2, 5);
