// Requests to one server over connections of our own: on the way of every verified action, where each microsecond is the agent's.

import type { OnReadOpts, Socket } from 'node:net';
import type { ConnectionOptions as TlsOptions } from 'node:tls';
import { type Exchange, type Keeper, KeptConnection } from './kept-connection.ts';
import type { Attempt } from './transport.ts';

export type DirectTransport = {
  /** Rejects with whatever the socket or the protocol had to say: `transportFailure` has the words for it. */
  send(exchange: Exchange): void;
  /** Down one connection, before the first answer. Each ends as with `send`. */
  sendTogether(exchanges: readonly Exchange[]): void;
  close(): void;
};

type Waiting = { begin(): void; end(): void };

const MOST_OPEN = 256; // what waits beyond that waits here, and not as a pile of sockets
const MOST_FREE = 64;

/** Without a proxy. Asks for no compression, follows no redirect, keeps no cookie. */
export function directTransport({ protocol, hostname, port, host }: URL, tls: TlsOptions = {}): DirectTransport {
  const address = hostname.replace(/^\[|\]$/g, '');
  const isSecure = protocol === 'https:';
  const where = `${protocol}//${host}`;
  const free: KeptConnection[] = [];
  const open = new Set<KeptConnection>();
  const waiting: Waiting[] = [];
  let session: Buffer | undefined;

  const keeper: Keeper = {
    free(connection) {
      if (!open.has(connection)) return connection.destroy();
      if (free.length >= MOST_FREE && waiting.length === 0) connection.destroy();
      else free.push(connection);
      waiting[0]?.begin();
    },
    gone(connection) {
      open.delete(connection);
      const index = free.indexOf(connection);
      if (index >= 0) free.splice(index, 1);
      waiting[0]?.begin();
    },
  };

  function connect(onread: OnReadOpts): Socket {
    if (!isSecure) return process.getBuiltinModule('node:net').connect({ host: address, port: Number(port || 80), onread });
    const servername = /^[\d.]+$|:/.test(address) ? '' : address; // a name only: RFC 6066 §3 knows no addresses
    const options = {
      ...tls,
      host: address,
      port: Number(port || 443),
      servername,
      ALPNProtocols: ['http/1.1'],
      ...(session && { session }),
      onread, // as for net.connect; its types do not know it
    };
    const socket = process.getBuiltinModule('node:tls').connect(options);
    socket.on('session', (ticket) => {
      session = ticket;
    });
    return socket;
  }

  /** Latest used first, so that the others may end; null where there are as many as there may be. */
  function take(): KeptConnection | null {
    for (let kept = free.pop(); kept !== undefined; kept = free.pop()) {
      if (kept.isUsable) return kept;
      kept.destroy();
    }
    if (open.size >= MOST_OPEN) return null;
    const connection = new KeptConnection(connect, where, keeper);
    open.add(connection);
    return connection;
  }

  function send(exchange: Exchange): void {
    const { attempt, reject } = exchange;
    const begin = (): boolean => {
      const connection = take();
      if (connection === null) return false;
      write(connection, [exchange]);
      return true;
    };
    if (attempt.signal?.aborted) reject(attempt.signal.reason);
    else if (!begin()) queue(attempt, begin, reject);
  }

  function sendTogether(exchanges: readonly Exchange[]): void {
    try {
      const connection = take();
      if (connection === null) exchanges.forEach(send);
      else write(connection, exchanges);
    } catch (error) {
      for (const { reject } of exchanges) reject(error); // certificates that no TLS can use
    }
  }

  function write(connection: KeptConnection, exchanges: readonly Exchange[]): void {
    try {
      connection.send(exchanges);
    } catch (error) {
      connection.destroy();
      for (const { reject } of exchanges) reject(error);
    }
  }

  // Its time runs while it waits, too.
  function queue({ timeoutMs, signal }: Attempt, begin: () => boolean, reject: (error: unknown) => void): void {
    const leave = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', aborted);
      const index = waiting.indexOf(next);
      if (index >= 0) waiting.splice(index, 1);
    };
    const give = (error: unknown): void => {
      leave();
      reject(error);
    };
    const next: Waiting = {
      begin() {
        leave();
        if (!begin()) queue({ timeoutMs, signal } as Attempt, begin, reject);
      },
      end: () => give(Object.assign(new Error('closed'), { code: 'ECONNABORTED' })),
    };
    const aborted = (): void => give(signal?.reason);
    const timer = setTimeout(() => give(Object.assign(new Error('late'), { code: 'ETIMEDOUT' })), timeoutMs);
    signal?.addEventListener('abort', aborted);
    waiting.push(next);
  }

  return {
    send,
    sendTogether,
    close() {
      free.length = 0;
      for (const one of [...waiting]) one.end();
      for (const connection of open) connection.destroy();
    },
  };
}
