// A verification is answered the same whether it goes past the HTTP framework, as the plain request of an agent does, or through it.

import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorld, signedAction, type TestAgent, type World } from './support/world.ts';

let world: World;
let agent: TestAgent;
beforeAll(async () => {
  world = await openWorld({ arrivesWithin: 400 });
  agent = await world.agent(['db:read']);
});
afterAll(() => world.stop());

type Form = { headers?: Record<string, string>; inPieces?: boolean; url?: string };
type Answer = { status: number | undefined; headers: string[]; members: string[]; reasonCode: unknown };

function send(body: string, { headers = {}, inPieces = false, url }: Form): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = inPieces ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const outgoing = request(
      new URL(url ?? '/api/v1/sdk-api/verifications', world.url),
      { method: 'POST', headers: { 'content-type': 'application/json', ...length, ...headers } },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (piece: string) => {
          text += piece;
        });
        answer.on('end', () => {
          const said = JSON.parse(text) as Record<string, unknown>;
          resolve({
            status: answer.statusCode,
            headers: Object.keys(answer.headers).sort(),
            members: Object.keys(said).sort(),
            reasonCode: said['reasonCode'],
          });
        });
      },
    );
    outgoing.on('error', reject);
    if (inPieces) outgoing.write(body.slice(0, 5));
    outgoing.end(inPieces ? body.slice(5) : body);
  });
}

const FORMS: [form: string, form: Form][] = [
  ['behind a proxy', { headers: { 'x-forwarded-for': '203.0.113.7' } }],
  ['in pieces', { inPieces: true }],
  ['that names its characters', { headers: { 'content-type': 'application/json; charset=utf-8' } }],
  ['that asks whether it may go on', { headers: { expect: '100-continue' } }],
  ['with a query', { url: '/api/v1/sdk-api/verifications?a=1' }],
  ['at the other address', { url: '/api/v1/verifications' }],
];

let asked = 0;
function signed(capability = 'db:read') {
  asked += 1;
  return signedAction(agent, capability, { resource: 'users', context: { asked } });
}

describe.each(FORMS)('a request %s is answered as a plain one', (_, form) => {
  test.each<[what: string, body: () => string]>([
    ['that is granted', () => JSON.stringify(signed())],
    ['that is not granted', () => JSON.stringify(signed('db:drop'))],
    ['with a signature of something else', () => JSON.stringify({ ...signed(), signature: signed('db:write').signature })],
    ['of an agent that nobody knows', () => JSON.stringify({ ...signed(), agentId: '11111111-1111-4111-8111-111111111111' })],
    ['without a timestamp', () => JSON.stringify({ ...signed(), timestamp: undefined })],
    ['that is no JSON', () => '{"agentId": '],
    ['that is no object', () => '[1]'],
    ['with a member twice', () => '{"agentId":"a","agentId":"b"}'],
    ['that is nested too deeply', () => `{"agentId":${'['.repeat(100)}${']'.repeat(100)}}`],
    ['that is empty', () => ''],
  ])('%s', async (_what, body) => {
    expect(await send(body(), form)).toEqual(await send(body(), {}));
  });
});

test('a body that is too large is refused before it has come', async () => {
  const { status, reasonCode } = await send(`"${'x'.repeat(1024 * 1024)}"`, {});
  expect([status, reasonCode]).toEqual([413, 'bodyTooLarge']);
});

test('a body that never comes is ended with 408', async () => {
  const body = JSON.stringify(signed());
  const { status } = await send(body, { headers: { 'content-length': String(body.length + 10) } });
  expect(status).toBe(408);
});
