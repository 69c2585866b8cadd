// An id that nothing has is answered with the ones that were meant: those that begin or end as it does, else the nearest of the list.

import { AIMError, ExitCode, UsageError } from '../src/errors.ts';
import { nearest } from '../src/settings/nearest.ts';
import { isUuid } from '../src/wire/short-id.ts';
import type { Action, ActionContext } from './action.ts';
import { listedIds } from './listed-ids.ts';

/** The same error with a next step, where it is about the first argument and says none itself. */
export async function withMeantId(
  error: unknown,
  { id, needs, args }: Action,
  word: string | undefined,
  context: ActionContext,
): Promise<unknown> {
  if (!(error instanceof AIMError) || error.exitCode !== ExitCode.NotFound || error.next !== undefined) return error;
  if (needs === 'none' || word === undefined) return error;
  const verbs = Object.values(args)[0]?.listedBy ?? [[...id.split('.').slice(0, -1), 'ls'].join('.')];
  const lists = (await Promise.all(verbs.map((verb) => listedIds(verb, context, LATEST)))).filter((one) => one !== null);
  if (lists.length === 0) return error;
  const known = [...new Set(lists.flatMap(({ ids }) => ids))];
  const meant = meantBy(word.toLowerCase(), known);
  const { code, message, requestId, field, exitCode } = error;
  const next = meant === null ? `See them: aim ${verbs[0]?.replaceAll('.', ' ')}` : `Did you mean ${meant}?`;
  return new UsageError(code, { message, requestId, field, exitCode, next, cause: error });
}

const SHOWN = 5;
const LATEST = 200;

function meantBy(word: string, known: readonly string[]): string | null {
  const alike = word.length < 2 ? [] : known.filter((one) => one.startsWith(word) || one.endsWith(word));
  if (alike.length > 0) return alike.slice(0, SHOWN).join(', ');
  // A mistyped end of an id is near to ends, not to whole ids.
  const ends = new Map(isUuid(word) || word.length < 6 ? [] : known.map((one) => [one.slice(-word.length), one]));
  const end = nearest(word, [...ends.keys()]);
  return end === null ? nearest(word, known) : (ends.get(end) ?? null);
}
