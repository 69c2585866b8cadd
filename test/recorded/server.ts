// An AIM server made of what one answered: each GET gets the recorded answer, quirks included; everything else is 404.

import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

export type RecordedServer = { url: string; requests: { method: string; path: string }[]; stop(): Promise<void> };

type Exchange = {
  request: { method: string; path: string; headers?: Record<string, string> };
  response: { status: number; headers?: Record<string, string>; body?: unknown; rawBody?: string };
};

const folder = fileURLToPath(new URL('../fixtures/recorded/', import.meta.url));

/** `except` journeys that are not of an unchanged server, or of one that is asked too often. */
export async function startRecordedServer({
  except = ['approvals', 'rate-limit'],
}: {
  except?: readonly string[];
} = {}): Promise<RecordedServer> {
  const answers = answersOf(except);
  const requests: RecordedServer['requests'] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    requests.push({ method: request.method ?? 'GET', path });
    const exchange = answers.get(`${request.method} ${path}`) ?? answers.get(`${request.method} ${path.split('?')[0]}`);
    const {
      status,
      headers = {},
      body,
      rawBody,
    } = exchange?.response ?? {
      status: 404,
      body: { error: true, message: 'Endpoint not found', timestamp: '2025-10-24T00:00:00Z' },
    };
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(rawBody ?? (status === 204 ? undefined : JSON.stringify(body ?? null)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** An answer that worked is taken before one that did not; the fullest of those with the same path. */
function answersOf(except: readonly string[]): Map<string, Exchange> {
  const answers = new Map<string, Exchange>();
  for (const file of readdirSync(folder).filter(
    (name) => name.endsWith('.json') && !except.includes(name.replace('.json', '')),
  )) {
    const { exchanges } = JSON.parse(readFileSync(`${folder}${file}`, 'utf8')) as { exchanges: Exchange[] };
    for (const exchange of exchanges) {
      const { method, path } = exchange.request;
      for (const key of [`${method} ${path}`, `${method} ${path.split('?')[0]}`]) {
        if (worth(exchange) > worth(answers.get(key))) answers.set(key, exchange);
      }
    }
  }
  return answers;
}

function worth(exchange: Exchange | undefined): number {
  if (exchange === undefined) return -1;
  const { status, body } = exchange.response;
  return (status < 300 ? 1_000_000 : 0) + JSON.stringify(body ?? null).length;
}
