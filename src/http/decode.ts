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

/**
 * An error that came with a status of success is one all the same, and no empty list or silent yes.
 * @throws RemoteError `remote.error-in-answer`
 */
export function refuseError(body: unknown, source: Source): void {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return;
  const { error } = body as { error?: unknown };
  const isOnlyThat = typeof error === 'string' && error !== '' && Object.keys(body).every((name) => OF_ERRORS.has(name));
  if (error === true || isOnlyThat) throw errorIn(body, source);
}

/** The same where nothing but a clear yes will do. */
export function refuseYesWithError(body: unknown, source: Source): void {
  if (typeof body === 'object' && body !== null && 'error' in body && body.error) throw errorIn(body, source);
}

// What answers say beside an error. With anything else, `error` may be a member of the thing that was asked for.
const OF_ERRORS = new Set([
  'error', 'message', 'code', 'reasonCode', 'reason_code', 'timestamp', 'status', 'statusCode', 'success', 'requestId', 'request_id', 'details',
]); // biome-ignore format: one list

/** @throws RemoteError where the body of a success that says nothing is a web page, broken, or an error. */
export function refuseNonsense(text: string, contentType: string | undefined, source: Source): void {
  const isJson = /^\s*[[{]/.test(text) || (text !== '' && /json/i.test(contentType ?? ''));
  if (isJson || /^\s*</.test(text) || /html/i.test(contentType ?? ''))
    refuseError(text.trim() === '' ? null : parseJson(text, contentType, source), source);
}

/** @throws RemoteError `remote.unexpected-answer` that names the first member that does not fit. */
export function decode<Schema extends z.ZodType>(schema: Schema, body: unknown, source: Source): z.output<Schema> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  if (typeof body === 'object' && body !== null && 'error' in body && body.error) throw errorIn(body, source);
  const issue = result.error.issues[0];
  const member = issue?.path.length ? issue.path.map(String).join('.') : 'the whole';
  throw wrong(
    'remote.unexpected-answer',
    `something else than expected: ${oneLine(member, 80)} ${oneLine(issue?.message ?? '', 120)}`,
    source,
    result.error,
  );
}

function errorIn(body: object, source: Source): RemoteError {
  const { error, message } = body as { error?: unknown; message?: unknown };
  const words = typeof error === 'string' ? error : typeof message === 'string' ? message : 'an error without words';
  return wrong('remote.error-in-answer', `success and an error in one: ${oneLine(words)}`, source);
}

function wrong(code: string, what: string, { server, path, requestId }: Source, cause?: unknown, next?: string): RemoteError {
  return new RemoteError(code, {
    message: `${server} answered ${path} with ${what}.`,
    next: next ?? 'The server may be of another kind or version: aim status',
    requestId,
    cause,
  });
}
