// Asks as agents do, so many at a time, for so many seconds; prints what it saw as JSON.
// Everything is signed before the first request goes out: on a machine that both share, what is measured is the server.

import { connect } from 'node:net';
import { actionMessage, actionTimestamp, toSignedAction } from '../../src/crypto/action.ts';
import { readSigningKey } from '../../src/crypto/ed25519.ts';

const [url = '', agentId = '', privateKey = '', concurrency = '1', seconds = '3', most = '6000'] = process.argv.slice(2);
const { hostname, port } = new URL(url);
const key = readSigningKey(privateKey);
const requests = Array.from({ length: Number(seconds) * Number(most) }, (_, n) => signedRequest(n));
const milliseconds: number[] = [];
let next = 0;
let wrong = 0;

function signedRequest(n: number): Buffer {
  const asked = { agentId, capability: 'db:read', resource: 'users', context: { n }, timestamp: actionTimestamp() };
  const signature = key.sign(actionMessage(toSignedAction(asked)));
  const body = JSON.stringify({ ...asked, signature, publicKey: key.publicKey });
  return Buffer.from(
    `POST /api/v1/sdk-api/verifications HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
}

/** One connection, one request after the other. */
function client(end: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.setNoDelay(true);
      send();
    });
    let startedAt = 0;
    let text = '';
    let isDone = false;
    function send(): void {
      const request = requests[next];
      if (request === undefined || performance.now() >= end) {
        isDone = true;
        socket.destroy();
        resolve();
        return;
      }
      next += 1;
      startedAt = performance.now();
      socket.write(request);
    }
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      const head = text.indexOf('\r\n\r\n');
      const length = /content-length: (\d+)/i.exec(text)?.[1];
      if (head < 0 || length === undefined || text.length < head + 4 + Number(length)) return;
      milliseconds.push(performance.now() - startedAt);
      if (!text.startsWith('HTTP/1.1 201') || !text.includes('"status":"approved"')) wrong += 1;
      text = '';
      send();
    });
    socket.on('error', () => {
      wrong += 1;
    });
    socket.on('close', () => {
      if (isDone) return;
      wrong += 1;
      resolve();
    });
  });
}

const startedAt = performance.now();
const end = startedAt + Number(seconds) * 1000;
await Promise.all(Array.from({ length: Number(concurrency) }, () => client(end)));
const took = (performance.now() - startedAt) / 1000;
milliseconds.sort((left, right) => left - right);
const at = (share: number): number =>
  milliseconds[Math.min(milliseconds.length - 1, Math.floor(milliseconds.length * share))] ?? 0;
console.log(JSON.stringify({ perSecond: milliseconds.length / took, p50: at(0.5), p99: at(0.99), wrong }));
process.exit(0);
