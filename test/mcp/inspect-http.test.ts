// Servers that are reached by HTTP: the good ones by both transports, and those that wander, flood, lie or never end.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { type InspectOptions, inspectMcpServer } from '../../src/mcp/inspect.ts';
import type { Inspection } from '../../src/mcp/record.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function listen(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

type More = InspectOptions & { prefers?: 'http' | 'sse'; headers?: Record<string, string> };

async function inspect(
  listener: RequestListener,
  { prefers = 'http', headers = {}, ...options }: More = {},
): Promise<Inspection> {
  const url = `http://${await listen(createServer(listener))}/mcp`;
  return inspectMcpServer({ kind: 'remote', url, headers, prefers }, options);
}

async function bodyOf(
  request: IncomingMessage,
): Promise<{ id?: number; method?: string; params?: { protocolVersion?: string } }> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text === '' ? {} : JSON.parse(text);
}

function resultFor(method: string | undefined, protocolVersion = '2025-11-25'): object | null {
  if (method === 'initialize')
    return { protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'remote', version: '2.0.0' } };
  if (method === 'tools/list') return { tools: [{ name: 'far', inputSchema: { type: 'object' } }] };
  return null;
}

/** Streamable HTTP of 2025: JSON answers, no stream of its own. */
async function good(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'POST') return void response.writeHead(405).end();
  const { id, method, params } = await bodyOf(request);
  if (id === undefined) return void response.writeHead(202).end();
  const result = resultFor(method, params?.protocolVersion);
  const answer = result === null ? { error: { code: -32601, message: 'Method not found' } } : { result };
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', id, ...answer }));
}

/** The older transport: a stream first, which says where to post. */
function older(): RequestListener {
  let stream: ServerResponse | null = null;
  return async (request, response) => {
    if (request.method === 'GET') {
      stream = response;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      return void response.write('event: endpoint\ndata: /messages\n\n');
    }
    if (request.url !== '/messages') return void response.writeHead(404).end();
    const { id, method, params } = await bodyOf(request);
    response.writeHead(202).end();
    const result = resultFor(method, params?.protocolVersion);
    if (id !== undefined) stream?.write(`event: message\ndata: ${JSON.stringify({ jsonrpc: '2.0', id, result })}\n\n`);
  };
}

describe('a server behind an address', () => {
  test('is asked by Streamable HTTP', async () => {
    expect(await inspect(good)).toMatchObject({
      serverName: 'remote',
      transport: 'http',
      tools: [{ name: 'far' }],
      problems: [],
    });
  });

  test('is asked by SSE where it knows nothing newer', async () => {
    expect(await inspect(older())).toMatchObject({
      serverName: 'remote',
      transport: 'sse',
      tools: [{ name: 'far' }],
      problems: [],
    });
  });

  test('is sent the headers of its entry', async () => {
    let seen: string | undefined;
    await inspect(
      (request, response) => {
        seen ??= request.headers['x-key'] as string | undefined;
        void good(request, response);
      },
      { headers: { 'X-Key': 'planted' } },
    );
    expect(seen).toBe('planted');
  });
});

describe('a server that is up to something', () => {
  test.each<[title: string, listener: RequestListener, problem: RegExp]>([
    [
      'redirects to the metadata address',
      (_, response) => response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end(),
      /metadata address/,
    ],
    [
      'redirects elsewhere',
      (_, response) => response.writeHead(307, { location: 'http://localhost:1/mcp' }).end(),
      /redirect/i,
    ],
    [
      'answers with a web page',
      (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>hello</h1>'),
      /content|html/i,
    ],
    [
      'says JSON and sends something else',
      (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('<h1>'),
      /JSON|token/i,
    ],
    ['wants a sign-in', (_, response) => response.writeHead(401, { 'www-authenticate': 'Bearer' }).end(), /401|nauthorized/],
    ['fails', (_, response) => response.writeHead(500).end('no'), /500/],
  ])('%s: named', async (_, listener, problem) => {
    const { problems, tools } = await inspect(listener);
    expect(problems).toEqual([expect.stringMatching(problem)]);
    expect(tools).toEqual([]);
  });

  test('streams for ever without an answer: given up in time', async () => {
    const forever: RequestListener = (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const timer = setInterval(() => response.write(': still here\n\n'), 5);
      response.on('close', () => clearInterval(timer));
    };
    const said = await inspect(forever, { timeoutMs: 700 });
    expect(said.problems).toEqual(['It did not answer in time.']);
    // The client of the protocol would wait for its own time, which is longer.
    expect(said.durationMs).toBeLessThan(10_000);
  });

  test('answers without end: cut off', async () => {
    const flood: RequestListener = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(64 * 1024)));
      };
      response.on('drain', more).on('error', () => {});
      more();
    };
    expect((await inspect(flood)).problems).toEqual([expect.stringMatching(/more than 24 MB/)]);
  });

  test('has a certificate that nobody vouches for: named', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'aim-certificate-'));
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=127.0.0.1', '-days', '1', '-nodes'];
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-keyout', key, '-out', cert, ...subject],
      { stdio: 'ignore' },
    );
    const address = await listen(createSecureServer({ key: readFileSync(key), cert: readFileSync(cert) }, good));
    const { problems } = await inspectMcpServer({
      kind: 'remote',
      url: `https://${address}/mcp`,
      headers: {},
      prefers: 'http',
    });
    expect(problems).toEqual([expect.stringMatching(/certificate is not accepted \(.*SELF_SIGNED/)]);
  });

  test('is not there: named, and asked once', async () => {
    const address = await listen(createServer());
    await new Promise((resolve) => servers.pop()?.close(resolve));
    const { problems } = await inspectMcpServer({
      kind: 'remote',
      url: `http://${address}/mcp`,
      headers: {},
      prefers: 'http',
    });
    expect(problems).toEqual(['It cannot be reached (ECONNREFUSED).']);
  });

  test('is the metadata address itself: not asked', async () => {
    const { problems } = await inspectMcpServer({
      kind: 'remote',
      url: 'http://169.254.169.254/mcp',
      headers: {},
      prefers: 'http',
    });
    expect(problems).toEqual([expect.stringMatching(/metadata address/)]);
  });
});
