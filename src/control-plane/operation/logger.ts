// What the server says of its work: one JSON line each, with paths instead of addresses, and without what is secret.

import { pino } from 'pino';
import { redact } from '../../text/redact.ts';

export const logLevels = ['silent', 'error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof logLevels)[number];

type Request = { id?: unknown; method?: string; url?: string; ip?: string };
type Reply = { statusCode?: number };

/** Writes to standard error, or to the stream that is given. */
export function createLogger(level: LogLevel, to: { write(line: string): void } = pino.destination(2)) {
  return pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
      serializers: {
        // A query carries codes, states and whatever people put into links.
        req: ({ id, method, url, ip }: Request) => ({ id, method, path: url?.split('?')[0]?.slice(0, 300), from: ip }),
        res: ({ statusCode }: Reply) => ({ status: statusCode }),
        err: errorOf,
      },
    },
    to,
  );
}

const SECRETS = ['authorization', 'cookie', 'password', 'secret', 'token', 'accessToken', 'refreshToken', 'apiKey', 'proof'];

function errorOf(error: Error & { code?: unknown; cause?: unknown }): object {
  return {
    type: error.name,
    code: error.code,
    message: redact(String(error.message)),
    stack: redact(String(error.stack ?? '')),
    ...(error.cause instanceof Error ? { cause: redact(error.cause.message) } : {}),
  };
}
