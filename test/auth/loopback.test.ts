// The address that the browser is sent back to: whatever else asks there changes nothing.

import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { listenForCallback } from '../../src/auth/loopback.ts';

const ask = (port: string, line: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(`${line}\r\nHost: x\r\n\r\n`)).on('error', reject);
    socket.on('data', (chunk) => {
      answer += chunk.toString();
    });
    socket.on('end', () => resolve(answer.split('\r\n')[0] ?? ''));
  });

test.each<[title: string, line: string, status: string]>([
  ['what is no address', 'GET // HTTP/1.1', '404'],
  ['another address', 'GET http://[ HTTP/1.1', '404'],
  ['another method', 'POST /callback?state=ours&code=theirs HTTP/1.1', '404'],
  ['another state', 'GET /callback?state=theirs&code=theirs HTTP/1.1', '400'],
  ['no state', 'GET /callback?error=access_denied HTTP/1.1', '400'],
])('%s is refused, and the answer that was waited for still counts', async (_, line, status) => {
  const callback = await listenForCallback('ours');
  const { port } = new URL(callback.redirectUri);
  expect(await ask(port, line)).toContain(` ${status} `);
  expect(await ask(port, 'GET /callback?state=ours&code=good HTTP/1.1')).toContain(' 200 ');
  await expect(callback.code(AbortSignal.timeout(5_000))).resolves.toBe('good');
  callback.close();
});
