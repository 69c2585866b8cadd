// A TCP proxy that harms: it delays, cuts, resets, answers twice, sends requests twice, and answers with nonsense.

import net, { type AddressInfo, type Socket } from 'node:net';

export type Harm =
  | { kind: 'none' }
  | { kind: 'delay'; ms: number }
  | { kind: 'refuse' }
  | { kind: 'reset-after-request' }
  /** The answer ends after so many bytes: by a reset, or politely. */
  | { kind: 'truncate'; bytes: number; politely: boolean }
  | { kind: 'answer-twice' }
  | { kind: 'late-second-answer'; ms: number }
  | { kind: 'request-twice' }
  | { kind: 'nonsense'; answer: string };

export async function chaosProxy(
  target: string,
): Promise<{ url: string; next(harms: readonly Harm[]): void; stop(): Promise<void> }> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let harms: Harm[] = [];
  const server = net.createServer((client) => {
    sockets.add(client.on('close', () => sockets.delete(client)).on('error', () => {}));
    client.on('data', (request: Buffer) => relay(client, request, harms.shift() ?? { kind: 'none' }));
  });

  // One connection behind for each chunk from the front: what the agent sends in one piece is one request.
  function relay(client: Socket, request: Buffer, harm: Harm): void {
    if (harm.kind === 'refuse') return void client.resetAndDestroy();
    if (harm.kind === 'nonsense') return void client.write(harm.answer);
    const behind = net.connect(Number(port), hostname);
    sockets.add(behind.on('close', () => sockets.delete(behind)).on('error', () => {}));
    const once = Buffer.from(
      request.toString('latin1').replace(/\r\nconnection: keep-alive\r\n/i, '\r\nconnection: close\r\n'),
      'latin1',
    );
    behind.write(harm.kind === 'request-twice' ? Buffer.concat([request, once]) : once);
    if (harm.kind === 'reset-after-request') return void setTimeout(() => client.resetAndDestroy(), 5);
    const chunks: Buffer[] = [];
    behind.on('data', (chunk: Buffer) => chunks.push(chunk));
    behind.on('end', () => answer(client, Buffer.concat(chunks), harm));
  }

  function answer(client: Socket, bytes: Buffer, harm: Harm): void {
    // The front connection stays open, as the agent keeps it.
    const kept = Buffer.from(
      bytes.toString('latin1').replace(/\r\nconnection: close\r\n/i, '\r\nconnection: keep-alive\r\n'),
      'latin1',
    );
    switch (harm.kind) {
      case 'delay':
        return void setTimeout(() => client.write(kept), harm.ms);
      case 'truncate':
        client.write(kept.subarray(0, Math.min(harm.bytes, kept.length - 1)));
        return void setTimeout(() => (harm.politely ? client.end() : client.resetAndDestroy()), 5);
      case 'answer-twice':
        return void client.write(Buffer.concat([kept, kept]));
      case 'late-second-answer':
        client.write(kept);
        return void setTimeout(() => client.writable && client.write(kept), harm.ms);
      default:
        client.write(kept);
    }
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    next(planned) {
      harms = [...planned];
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
