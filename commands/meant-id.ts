// An id that nothing has is answered with the ones that were meant: those that begin as it does, else the nearest of the list.

import { AIMError, ExitCode, UsageError } from '../src/errors.ts';
import { nearest } from '../src/settings/nearest.ts';
import type { Action, ActionContext } from './action.ts';
import { checkOptions } from './check-options.ts';
import { findAction } from './find-action.ts';

/** The same error with a next step, where it is about the first argument and says none itself. */
export async function withMeantId(
  error: unknown,
  { id, needs }: Action,
  word: string | undefined,
  context: ActionContext,
): Promise<unknown> {
  if (!(error instanceof AIMError) || error.exitCode !== ExitCode.NotFound || error.next !== undefined) return error;
  if (needs === 'none' || word === undefined) return error;
  const list = id === 'why' ? ['events', 'ls'] : [...id.split('.').slice(0, -1), 'ls'];
  const known = await idsOf(list, context);
  if (known === null) return error;
  const begins = word.length < 2 ? [] : known.filter((one) => one.startsWith(word.toLowerCase()));
  const meant = begins.length > 0 ? begins.slice(0, SHOWN).join(', ') : nearest(word, known);
  const { code, message, requestId, field, exitCode } = error;
  const next = meant === null ? `See them: aim ${list.join(' ')}` : `Did you mean ${meant}?`;
  return new UsageError(code, { message, requestId, field, exitCode, next, cause: error });
}

const SHOWN = 5;
const LATEST = 200;

/** Null where there is no such list, or it is not ours to see: then what went wrong stays as it was. */
async function idsOf(words: readonly string[], context: ActionContext): Promise<string[] | null> {
  try {
    const { action } = await findAction(words);
    if (action === null || 'stream' in action) return null;
    const given = { limit: LATEST, ...(action.id === 'approvals.ls' && { status: 'all' }) };
    const { items } = (await action.run(context, {}, checkOptions(action, given) as never)) as { items?: unknown };
    return Array.isArray(items) ? items.flatMap((one: { id?: unknown }) => (typeof one.id === 'string' ? [one.id] : [])) : null;
  } catch {
    return null;
  }
}
