// The loopback address that the browser is sent back to: one port, one path, one state, one code (RFC 8252 §7.3).

import { timingSafeEqual } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { AuthenticationError } from '../errors.ts';
import { oneLine } from '../http/server-words.ts';

export type Callback = {
  redirectUri: string;
  /** The code. @throws AuthenticationError for a refusal; the signal's reason where it ends first. */
  code(signal: AbortSignal): Promise<string>;
  close(): void;
};

/** Listens on a port that the system chooses, on this machine only. */
export async function listenForCallback(state: string): Promise<Callback> {
  const { promise: answered, resolve, reject } = Promise.withResolvers<string>();
  answered.catch(() => {}); // heard by whoever calls code(), maybe later
  const server = http.createServer((request, response) => {
    // Anybody on this machine may ask, also for what is no address: `GET //`.
    const url = URL.parse(request.url ?? '/', 'http://localhost');
    if (request.method !== 'GET' || url?.pathname !== '/callback') return page(response, 404, 'Nothing here.');
    // Another page may send the browser here: what does not carry our state changes nothing, and we go on waiting.
    if (!same(url.searchParams.get('state') ?? '', state))
      return page(response, 400, 'This answer does not belong to the sign-in that is waiting. Start again in the terminal.');
    const error = url.searchParams.get('error');
    const code = url.searchParams.get('code');
    if (error !== null || !code) {
      page(response, 200, 'The sign-in did not succeed. The terminal says why.');
      return reject(refused(error ?? 'no code', url.searchParams.get('error_description')));
    }
    page(response, 200, 'You are signed in. You can close this page and go back to the terminal.');
    resolve(code);
  });
  await new Promise<void>((listening, failed) => server.once('error', failed).listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    // Servers of AIM accept exactly this spelling (wire-auth §7.1); the listener itself is bound to 127.0.0.1.
    redirectUri: `http://localhost:${port}/callback`,
    code: (signal) =>
      new Promise((done, failed) => {
        signal.addEventListener('abort', () => failed(signal.reason), { once: true });
        if (signal.aborted) failed(signal.reason);
        answered.then(done, failed);
      }),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function same(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function refused(error: string, description: string | null): AuthenticationError {
  const said = oneLine(description === null || description === '' ? error : description);
  return new AuthenticationError('auth.refused-in-browser', {
    message: `The sign-in was refused: ${said}`,
    next: 'Try again: aim login',
  });
}

function page(response: http.ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
    'referrer-policy': 'no-referrer',
    connection: 'close',
  });
  response.end(
    `<!doctype html><meta charset="utf-8"><title>aim</title><body style="font:16px system-ui;margin:4em auto;max-width:32em"><p>${sentence}</p>`,
  );
}
