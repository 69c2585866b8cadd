// Where exported lines go: a stream, a file, a syslog receiver, an HTTP collector. A sink that resolves has handed the lines over.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { appendFile, stat, truncate } from 'node:fs/promises';
import type { LogEntry } from '../entry.ts';
import { type ExportFormat, formatEntry } from './formats.ts';
import { httpSink } from './http-sink.ts';
import type { Sink, SinkOptions } from './sink.ts';
import { toSyslog } from './syslog.ts';
import { streamSyslogSink } from './syslog-sink.ts';

/** `-`, `file:PATH`, `syslog://HOST:PORT` (UDP), `syslog+tcp://…`, `syslog+tls://…`, `http(s)://…`. Throws for anything else. */
export function sinkFor(target: string, options: SinkOptions): Sink {
  if (target === '-') return streamSink(options);
  if (target.startsWith('file:')) return fileSink(target.slice('file:'.length), options.format);
  const url = new URL(target);
  const port = Number(url.port);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  switch (url.protocol) {
    case 'syslog:':
    case 'syslog+udp:':
      return udpSink(host, port || 514, syslogMessage(options.format));
    case 'syslog+tcp:':
      return streamSyslogSink({ host, port: port || 601, tls: null, message: syslogMessage(options.format) });
    case 'syslog+tls:':
      return streamSyslogSink({ host, port: port || 6514, tls: { ca: options.ca }, message: syslogMessage(options.format) });
    case 'http:':
    case 'https:':
      return httpSink(url, options);
    default:
      throw new TypeError(`${url.protocol} is no way to export`);
  }
}

/** Any line format can travel in syslog; the line itself does by default. */
function syslogMessage(format: ExportFormat): (entry: LogEntry) => string {
  if (format === 'syslog' || format === 'jsonl') return (entry) => toSyslog(entry);
  return (entry) => toSyslog(entry, { message: (inner) => formatEntry(inner, format) });
}

function streamSink({ stdout, format }: SinkOptions): Sink {
  return {
    async send(entries) {
      const text = entries.map((entry) => `${formatEntry(entry, format)}\n`).join('');
      // A terminal acts on what a file or a program only holds.
      const shown = 'isTTY' in stdout && stdout.isTTY ? text.replaceAll(/(?!\n)\p{C}/gu, '?') : text;
      if (!stdout.write(shown)) await once(stdout, 'drain');
    },
    async close() {},
  };
}

function fileSink(path: string, format: ExportFormat): Sink {
  return {
    async send(entries) {
      const text = entries.map((entry) => `${formatEntry(entry, format)}\n`).join('');
      const { size = 0 } = (await stat(path).catch(() => null)) ?? {};
      try {
        await appendFile(path, text, { mode: 0o600, flush: true });
      } catch (error) {
        // A disk that is full takes a part of it, which would stand there twice once there is room.
        await truncate(path, size).catch(() => {});
        throw Object.assign(error as Error, { path });
      }
    },
    async close() {},
  };
}

/** RFC 5426. UDP tells nobody what was lost; a message longer than a datagram is cut, as §3.2 has it. */
function udpSink(host: string, port: number, message: (entry: LogEntry) => string): Sink {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4').unref();
  return {
    async send(entries) {
      for (const entry of entries) {
        const bytes = Buffer.from(message(entry)).subarray(0, LONGEST_DATAGRAM);
        await new Promise<void>((resolve, reject) =>
          socket.send(bytes, port, host, (error) => (error ? reject(error) : resolve())),
        );
      }
    },
    async close() {
      await new Promise<void>((resolve) => socket.close(resolve));
    },
  };
}

const LONGEST_DATAGRAM = 65_000;
