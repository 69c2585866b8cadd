// Asks as agents do, signed, so many at a time, for so many seconds; prints what it saw as JSON.

import { Agent, request } from 'node:http';
import { actionMessage, actionTimestamp, toSignedAction } from '../../src/crypto/action.ts';
import { readSigningKey } from '../../src/crypto/ed25519.ts';

const [url = '', agentId = '', privateKey = '', concurrency = '1', seconds = '3'] = process.argv.slice(2);
const key = readSigningKey(privateKey);
const connections = new Agent({ keepAlive: true, maxSockets: Number(concurrency) });
const milliseconds: number[] = [];
let asked = 0;
let wrong = 0;

function ask(): Promise<void> {
  asked += 1;
  const action = toSignedAction({
    agentId,
    capability: 'db:read',
    resource: 'users',
    context: { n: asked },
    timestamp: actionTimestamp(),
  });
  const body = JSON.stringify({
    agentId,
    capability: 'db:read',
    resource: 'users',
    context: { n: asked },
    timestamp: action.timestamp,
    signature: key.sign(actionMessage(action)),
    publicKey: key.publicKey,
  });
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const call = request(`${url}/api/v1/sdk-api/verifications`, { method: 'POST', agent: connections, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => {
        milliseconds.push(performance.now() - startedAt);
        if (response.statusCode !== 201 || !text.includes('"status":"approved"')) wrong += 1;
        resolve();
      });
    });
    call.on('error', () => {
      wrong += 1;
      resolve();
    });
    call.end(body);
  });
}

const end = Date.now() + Number(seconds) * 1000;
await Promise.all(
  Array.from({ length: Number(concurrency) }, async () => {
    while (Date.now() < end) await ask();
  }),
);
milliseconds.sort((left, right) => left - right);
const at = (share: number): number =>
  milliseconds[Math.min(milliseconds.length - 1, Math.floor(milliseconds.length * share))] ?? 0;
console.log(JSON.stringify({ perSecond: milliseconds.length / Number(seconds), p50: at(0.5), p99: at(0.99), wrong }));
process.exit(0);
