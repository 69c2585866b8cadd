// Syslog over a connection: RFC 6587 with counted bytes on TCP, RFC 5425 on TLS.
//
// These protocols have no acknowledgement. What a broken connection may have swallowed is what was written last, so that is kept
// and sent again on the next connection: a receiver may get a line twice, and none is lost to a restart of the receiver.

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { LogEntry } from '../entry.ts';
import type { Sink } from './sink.ts';
import { framed } from './syslog.ts';

export type StreamSyslogOptions = {
  host: string;
  port: number;
  tls: { ca: string | undefined } | null;
  message: (entry: LogEntry) => string;
};

export function streamSyslogSink({ host, port, tls, message }: StreamSyslogOptions): Sink {
  let socket: Socket | null = null;
  let doubtful: string[] = [];
  let doubtfulBytes = 0;

  const connected = async (): Promise<Socket> => {
    if (socket && !socket.destroyed && socket.writable) return socket;
    const fresh = tls
      ? connectTls({ host, port, servername: host, ...(tls.ca === undefined ? {} : { ca: tls.ca }) })
      : connect({ host, port });
    fresh.setTimeout(TIMEOUT, () => fresh.destroy(new Error('The receiver did not answer in time.')));
    await once(fresh, tls ? 'secureConnect' : 'connect');
    fresh.setTimeout(0);
    fresh.setKeepAlive(true, 10_000);
    fresh.on('error', () => fresh.destroy());
    // A receiver that ends its side is going away: what is written after that goes nowhere.
    fresh.on('end', () => fresh.destroy());
    fresh.resume();
    socket = fresh;
    if (doubtful.length > 0) await write(fresh, doubtful.join(''));
    return fresh;
  };

  return {
    async send(entries) {
      const frames = entries.map((entry) => framed(message(entry)));
      const open = await connected();
      await write(open, frames.join(''));
      doubtful.push(...frames);
      doubtfulBytes += frames.reduce((sum, frame) => sum + frame.length, 0);
      while (doubtfulBytes > MOST_DOUBTFUL && doubtful.length > entries.length)
        doubtfulBytes -= (doubtful.shift() as string).length;
    },
    async close() {
      if (!socket || socket.destroyed) return;
      socket.end();
      await Promise.race([once(socket, 'close'), new Promise((resolve) => setTimeout(resolve, 2000).unref())]);
      socket.destroy();
      doubtful = [];
    },
  };
}

const write = (socket: Socket, text: string): Promise<void> =>
  new Promise((resolve, reject) => socket.write(text, (error) => (error ? reject(error) : resolve())));

const TIMEOUT = 10_000;
const MOST_DOUBTFUL = 512 * 1024; // characters; about what two kernels' buffers hold
