// From the text of an answer to our shape, or to an error that names what was wrong with it.

import type { z } from 'zod';
import { RemoteError } from '../errors.ts';
import { oneLine } from './server-words.ts';

export type Source = { server: string; path: string; requestId?: string | undefined };

/** @throws RemoteError `remote.empty-answer`, `remote.not-json`, `remote.broken-json`. */
export function parseJson(text: string, contentType: string | undefined, source: Source): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (text.trim() === '') throw wrong('remote.empty-answer', 'nothing where a JSON body belongs', source);
    if (/^\s*</.test(text) || /html/i.test(contentType ?? '')) {
      throw wrong(
        'remote.not-json',
        'a web page instead of JSON',
        source,
        error,
        'Is this the address of the API, and not of its dashboard?',
      );
    }
    const cut = /^\s*[[{]/.test(text);
    throw wrong(
      cut ? 'remote.broken-json' : 'remote.not-json',
      cut ? 'JSON that is cut off or broken' : 'something that is not JSON',
      source,
      error,
    );
  }
}

/** @throws RemoteError `remote.unexpected-answer` that names the first member that does not fit. */
export function decode<Schema extends z.ZodType>(schema: Schema, body: unknown, source: Source): z.output<Schema> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  if (typeof body === 'object' && body !== null && 'error' in body && body.error) {
    const { error, message } = body as { error: unknown; message?: unknown };
    const words = typeof error === 'string' ? error : typeof message === 'string' ? message : 'an error without words';
    throw wrong('remote.error-in-answer', `success and an error in one: ${oneLine(words)}`, source);
  }
  const issue = result.error.issues[0];
  const member = issue?.path.length ? issue.path.map(String).join('.') : 'the whole';
  throw wrong(
    'remote.unexpected-answer',
    `something else than expected: ${oneLine(member, 80)} ${oneLine(issue?.message ?? '', 120)}`,
    source,
    result.error,
  );
}

function wrong(code: string, what: string, { server, path, requestId }: Source, cause?: unknown, next?: string): RemoteError {
  return new RemoteError(code, {
    message: `${server} answered ${path} with ${what}.`,
    next: next ?? 'The server may be of another kind or version: aim status',
    requestId,
    cause,
  });
}
