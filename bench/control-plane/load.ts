// Asks as agents do, so many at a time, for so many seconds; prints what it saw as JSON.
// Everything is signed before the first request goes out, and an answer is read as bytes: on a machine that both share, what is
// measured is the server.

import { connect, type Socket } from 'node:net';
import { actionMessage, actionTimestamp, toSignedAction } from '../../src/crypto/action.ts';
import { readSigningKey } from '../../src/crypto/ed25519.ts';

const [url = '', agentId = '', privateKey = '', concurrency = '1', seconds = '3', most = '6000'] = process.argv.slice(2);
const { hostname, port } = new URL(url);
const key = readSigningKey(privateKey);
const requests = Array.from({ length: Number(seconds) * Number(most) }, (_, n) => signedRequest(n));
const milliseconds = new Float64Array(requests.length);
let next = 0;
let answered = 0;
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
    let startedAt = 0;
    let text = '';
    let isDone = false;
    // Read into one buffer: no stream, and no memory for each answer.
    const onread = { buffer: Buffer.alloc(16_384), callback: read };
    const socket: Socket = connect({ port: Number(port), host: hostname, noDelay: true, onread }, send);

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

    function read(length: number, buffer: Uint8Array): boolean {
      text += (buffer as Buffer).toString('latin1', 0, length);
      if (!isWhole(text)) return true;
      milliseconds[answered] = performance.now() - startedAt;
      answered += 1;
      if (!text.startsWith('HTTP/1.1 201') || !text.includes('"status":"approved"')) wrong += 1;
      text = '';
      send();
      return true;
    }

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

function isWhole(text: string): boolean {
  const head = text.indexOf('\r\n\r\n');
  if (head < 0) return false;
  const length = /content-length: (\d+)/i.exec(text)?.[1];
  return length !== undefined && text.length >= head + 4 + Number(length);
}

const processorBefore = process.cpuUsage();
const startedAt = performance.now();
const end = startedAt + Number(seconds) * 1000;
await Promise.all(Array.from({ length: Number(concurrency) }, () => client(end)));
const took = (performance.now() - startedAt) / 1000;
const { user, system } = process.cpuUsage(processorBefore);
const sorted = milliseconds.subarray(0, answered).sort();
const at = (share: number): number => sorted[Math.min(answered - 1, Math.floor(answered * share))] ?? 0;
console.log(
  JSON.stringify({
    answered,
    perSecond: answered / took,
    p50: at(0.5),
    p99: at(0.99),
    wrong,
    processorUs: (user + system) / answered,
  }),
);
process.exit(0);
