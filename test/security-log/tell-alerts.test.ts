// Alerts reach people over the channels of the approvals: once each, again after failures, in words of ours.

import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import type { LogAlert } from '../../src/security-log/alert-rules.ts';
import { alertMessage, tellAlerts } from '../../src/security-log/tell-alerts.ts';

const alert: LogAlert = {
  ...{ rule: 'denials', severity: 'critical', text: 'evil-agent \u001b[2J was denied 12 times', subject: 'evil-agent' },
  ...{ at: Date.UTC(2026, 0, 1, 12, 30, 5), count: 12 },
};

test('a message says what happened and what to type, and nothing that others wrote', () => {
  const message = alertMessage(alert);
  expect(message).toMatchObject({
    ...{ occasion: 'alert', urgent: true, link: null, title: 'An agent is denied again and again' },
    ...{ lines: ['12 lines, the last at 12:30:05 UTC.'], command: 'aim logs query --severity warning --since 15m' },
  });
  expect(JSON.stringify(message)).not.toContain('evil');
  expect(alertMessage(alert).id).toBe(message.id);
  expect(alertMessage({ ...alert, subject: 'another' }).id).not.toBe(message.id);
  expect(alertMessage({ ...alert, rule: 'constructor' }).title).toBe('A security log says something new');
});

test('a receiver that fails gets the same message again, and what it never takes is said', async () => {
  const got: (string | undefined)[] = [];
  let failures = 2;
  const server = createServer((request: IncomingMessage, response) => {
    got.push(request.headers['idempotency-key'] as string | undefined);
    failures -= 1;
    response.writeHead(failures >= 0 ? 503 : 204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const said: string[] = [];
  const channel = { type: 'webhook', name: 'ops', url, for: ['reviewers'] } as never;
  const options = { signal: new AbortController().signal, said: (text: string) => said.push(text), pauses: [1, 1] };
  const teller = tellAlerts([channel], options);
  teller.tell(alert);
  await teller.settled();
  expect(got).toEqual([alertMessage(alert).id, alertMessage(alert).id, alertMessage(alert).id]);
  expect(said).toEqual([]);
  failures = 9;
  teller.tell(alert);
  await teller.settled();
  expect(said).toEqual(['the channel ops does not take an alert: HTTP 503']);
  server.close();
});
