// The id that a person means by its end or its beginning. What changes something is sure of it, or does nothing.

import { ExitCode, UsageError } from '../src/errors.ts';
import { visible } from '../src/text/visible.ts';
import { idsWith, isPartOfId } from '../src/wire/short-id.ts';
import type { Action, ActionContext, Argument } from './action.ts';
import { listedIds } from './listed-ids.ts';

/**
 * The words of a verb with whole ids in them; a word stays as it was given where no list has it.
 * @throws UsageError, exit 6, with the ids that it may be, where it is more than one; or where there are too many to be sure.
 */
export async function wholeIds(action: Action, words: readonly string[], context: ActionContext): Promise<string[]> {
  const takers = Object.values(action.args);
  const whole: string[] = [];
  for (const [index, word] of words.entries()) whole.push(await wholeId(word, takers[index]?.listedBy, action, context));
  return whole;
}

async function wholeId(
  word: string,
  listedBy: Argument<unknown>['listedBy'] = [],
  action: Action,
  context: ActionContext,
): Promise<string> {
  const part = word.trim().replace(/^…/, '');
  if (listedBy.length === 0 || !isPartOfId(part)) return word;
  const changes = (action.risk ?? 'read') !== 'read';
  const known = new Set<string>();
  for (const [index, verb] of listedBy.entries()) {
    const isFirst = index === 0;
    const listed = await listedIds(verb, context, changes && isFirst ? MOST : LATEST);
    for (const id of listed?.ids ?? []) known.add(id);
    // Behind the last page may be another that ends alike: the one that was seen is not told from it.
    if (changes && isFirst && listed?.isWhole === false && !known.has(part)) throw tooMany(part, verb);
  }
  const found = idsWith(part, [...known], (id) => id);
  if (found.length > 1) throw ambiguousId(part, found);
  const [id] = found;
  if (id === undefined) return part;
  // A JSON answer has it as a member; standard error is for one object there.
  if (changes && id !== part && !context.io.json) context.io.note(`${part} is ${id}`);
  return id;
}

const LATEST = 1000;
const MOST = 10_000;
const NAMED = 5;

export const ambiguousId = (part: string, ids: readonly string[]) =>
  new UsageError('id.ambiguous', {
    message: `${ids.length} fit ${visible(part, { max: 80 })}: ${ids.slice(0, NAMED).join(', ')}${ids.length > NAMED ? ', …' : ''}. Nothing was done.`,
    next: 'Give the whole id, or more of it.',
    exitCode: ExitCode.NotFound,
  });

const tooMany = (part: string, verb: string) =>
  new UsageError('id.unsure', {
    message: `There are more than ${MOST.toLocaleString('en')}, so ${part} may be the end of another. Nothing was done.`,
    next: `Give the whole id, as it stands in: aim ${verb.replaceAll('.', ' ')} --no-trunc`,
    exitCode: ExitCode.NotFound,
  });
